import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

/// A change of the site while it runs: its name in the journal, and the lines that the operator sees.
final class Operation: Sendable {
    let id: String
    let command: String
    let by: String
    private let lines = Mutex<[String]>([])
    private let times = Mutex<[StepTime]>([])
    /// Where the old primary stood when it was frozen; nothing comes after it.
    let frozenAt = Mutex(GTIDPosition())
    private let progress: @Sendable (String) -> Void

    init(id: String, command: String, by: String, progress: @escaping @Sendable (String) -> Void) {
        self.id = id
        self.command = command
        self.by = by
        self.progress = progress
    }

    /// One line of the classic output, as it comes.
    func say(_ line: String) {
        lines.withLock { $0.append(line) }
        progress(line)
    }

    var said: [String] { lines.withLock { $0 } }

    /// Notes how long a step took.
    func took(_ step: PlanStep, _ time: Duration) {
        times.withLock { $0.append(StepTime(step: step.word, milliseconds: time.inMilliseconds)) }
    }

    /// Steps of a plan that have run; nil where none has.
    var steps: [StepTime]? { times.withLock { $0.isEmpty ? nil : $0 } }
}

extension Coordinator {
    /// Runs an operation alone in the site: its key keeps rules, agents and other operations away until it ends, or
    /// until this host's lease does.
    ///
    /// A caller that goes away stops waiting; the operation goes on.
    func operate(
        _ command: String, by: String, progress: @escaping @Sendable (String) -> Void,
        _ body: @escaping @Sendable (Operation) async throws(Refusal) -> Outcome
    ) async throws(Refusal) -> Outcome {
        guard let leadership = membership.leadership else { throw notCoordinator }
        let operation = Operation(id: nextOperation(), command: command, by: by, progress: progress)
        let started = WallTime.now
        let running = RunningOperation(
            id: operation.id, command: command, coordinator: host, startedAt: started)
        var record = OperationRecord(
            id: operation.id, command: command, by: by, coordinator: host, startedAt: started,
            result: .running,
            lines: [])
        let key = try FrameCodec.encode(running)
        try await commit(
            [
                StoreWrite(.operation, key, lease: leadership.lease),
                try write(.history(operation.id), record),
            ],
            absent: [.operation])
        log.notice(
            "operation begins", metadata: ["id": "\(operation.id)", "command": "\(command)", "by": "\(by)"])

        let result = await Task.detached { () async -> Result<Outcome, Refusal> in
            do throws(Refusal) {
                return .success(try await body(operation))
            } catch {
                return .failure(error)
            }
        }.value

        record.endedAt = .now
        record.lines = operation.said
        record.steps = operation.steps
        switch result {
        case .success(let outcome):
            record.result = .done
            record.lines += outcome.lines
        case .failure(let refusal):
            record.result = refusal.code == .outcomeUnknown ? .unknown : .failed
            record.lines.append(refusal.message)
        }
        do {
            try await commit([StoreWrite(.operation, nil), try write(.history(operation.id), record)])
        } catch {
            // The key ends with this host's lease at the latest.
            log.warning(
                "the end of an operation was not journaled",
                metadata: ["id": "\(record.id)", "why": "\(error)"])
        }
        log.notice(
            "operation ends",
            metadata: [
                "id": "\(operation.id)", "result": "\(record.result)",
                "milliseconds": "\(Int(WallTime.now.seconds(since: started) * 1000))",
            ])
        return try result.get()
    }

    /// The lines with which an operation suspends the rules and lets them go on (facts 2.5).
    func suspendRules(_ operation: Operation) -> Policy {
        let policy = board.snapshot.records.policy.policy
        if policy != .maintenance { operation.say("SET POLICY: \(policy.rawValue) => MAINTENANCE") }
        return policy
    }

    func resumeRules(_ policy: Policy, _ operation: Operation) {
        if policy != .maintenance { operation.say("REVERT POLICY: MAINTENANCE => \(policy.rawValue)") }
    }
}
