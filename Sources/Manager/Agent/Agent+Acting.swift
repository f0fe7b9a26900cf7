import AdminProtocol
import Planning
import Synchronization
import WorkLoop

/// What the coordinator asks for, one change at a time and for the newest epoch only.
extension Agent {
    /// Carries out one action of the coordinator.
    package func act(_ call: AgentCall) async throws(Refusal) -> AgentReply {
        if call.operation.isEmpty, call.action.waitsForRest { try await awaitRest() }
        try state.withLock { state throws(Refusal) in
            try judge(call.epoch, in: &state)
            if !call.operation.isEmpty {
                state.held = Hold(
                    operation: call.operation, until: .now + .seconds(10), isQuiet: call.action != .report)
            }
        }
        // What only looks or waits keeps nobody else from acting.
        guard call.action.changes, call.action != .fence else { return try await carryOut(call.action) }
        return try await turn.take { () async throws(Refusal) -> AgentReply in
            try state.withLock { state throws(Refusal) in
                try judge(call.epoch, in: &state)
                guard !call.operation.isEmpty else { return }
                // It may have waited for longer than anybody waits for its answer.
                guard state.held?.operation ?? call.operation == call.operation else {
                    throw Refusal(
                        .staleEpoch, "another operation than \(call.operation) acts on '\(host)' by now")
                }
                guard !board.hasEnded(call.operation) else {
                    throw Refusal(
                        .staleEpoch, "the operation \(call.operation) has ended; '\(host)' is unchanged")
                }
            }
            return try await carryOut(call.action)
        }
    }

    /// Waits until no operation is at work: a heartbeat that waits for a freeze would keep its next step from its turn,
    /// and write on a server that another has replaced.
    ///
    /// One that has ended may be known of here a little later than elsewhere.
    private func awaitRest() async throws(Refusal) {
        let deadline = ContinuousClock.now + .seconds(2)
        while isHeld || board.snapshot.operation != nil {
            guard ContinuousClock.now < deadline else {
                if let running = board.snapshot.operation {
                    throw RefusalText.refusal(.operationRunning(running))
                }
                throw Refusal(
                    .operationRunning, "an operation is at work at '\(host)'; nothing was changed",
                    hint: "operation list")
            }
            do {
                try await Task.sleep(for: .milliseconds(20), clock: .loop)
            } catch {
                throw Refusal(.failed, "the wait for the end of an operation was cancelled")
            }
        }
    }

    private func judge(_ epoch: Int64, in state: inout State) throws(Refusal) {
        let known = max(board.epoch, state.newestEpoch)
        guard epoch >= known else {
            throw Refusal(
                .staleEpoch, "the coordinator of epoch \(epoch) is not the newest (\(known)) any more")
        }
        state.newestEpoch = epoch
    }
}
