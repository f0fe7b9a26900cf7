import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

extension Coordinator {
    /// Runs an operation alone in the site: its key keeps rules, agents and other operations away until it ends, or
    /// until this host's lease does.
    ///
    /// A caller that goes away stops waiting; the operation goes on, from before its beginning is written until its end
    /// is: what a cancelled task writes is not answered, and a key that is left behind stops the whole site.
    /// - Parameter along: what its beginning writes besides: all or nothing.
    func operate(
        _ command: String, by: String, along: [StoreWrite] = [],
        progress: @escaping @Sendable (String) -> Void,
        _ body: @escaping @Sendable (Operation) async throws(Refusal) -> Outcome
    ) async throws(Refusal) -> Outcome {
        guard let leadership = membership.leadership else { throw notCoordinator }
        let operation = Operation(
            id: nextOperation(), command: command, by: by, coordinator: host, progress: progress)
        return try await regardless { [self] () async throws(Refusal) in
            try await runAlone(operation, leadership.lease, along, body)
        }
    }

    private func runAlone(
        _ operation: Operation, _ lease: Int64, _ along: [StoreWrite],
        _ body: @Sendable (Operation) async throws(Refusal) -> Outcome
    ) async throws(Refusal) -> Outcome {
        let name: Logger.Metadata = ["id": "\(operation.id)"]
        own.withLock { _ = $0.insert(operation.id) }
        defer { own.withLock { _ = $0.remove(operation.id) } }
        let key = try FrameCodec.encode(
            RunningOperation(
                id: operation.id, command: operation.command, coordinator: host,
                startedAt: operation.startedAt))
        try await commit(
            along + [
                StoreWrite(.operation, key, lease: lease),
                try write(.history(operation.id), operation.entry(.running)),
            ],
            absent: [.operation], of: operation)
        log.notice(
            "operation begins",
            metadata: name.merging(["command": "\(operation.command)", "by": "\(operation.by)"]) { $1 })
        current.withLock { $0 = operation }
        defer { current.withLock { if $0 === operation { $0 = nil } } }
        let result: Result<Outcome, Refusal>
        do throws(Refusal) {
            result = .success(try await body(operation))
        } catch {
            result = .failure(error)
        }
        await operation.scribe.rest()
        let record = operation.ended(result)
        await conclude(operation, record)
        let time = Int(WallTime.now.seconds(since: operation.startedAt) * 1000)
        log.notice(
            "operation ends",
            metadata: name.merging(["result": "\(record.result)", "milliseconds": "\(time)"]) { $1 })
        return try result.get()
    }

    /// Writes the end of an operation, again and again while this host coordinates under its epoch: until then nobody
    /// else may change anything, and after that the key is gone with the lease.
    private func conclude(_ operation: Operation, _ record: OperationRecord) async {
        var hasEntry = true
        repeat {
            do throws(Refusal) {
                let entry = hasEntry ? [try write(.history(operation.id), record)] : []
                return try await commit([StoreWrite(.operation, nil)] + entry, of: operation)
            } catch {
                log.warning(
                    "the end of an operation is not written",
                    metadata: ["id": "\(operation.id)", "why": "\(error)"])
                // The key is gone with the epoch.
                guard error.code != .staleEpoch else { return }
                // An etcd without space takes no entry, and lets a key go all the same.
                if error.code == .storeError { hasEntry = false }
            }
            try? await Task.sleep(for: .milliseconds(250), clock: .loop)
        } while membership.leadership?.epoch == operation.epoch
    }

    /// Removes the key of an operation that this manager does not run: etcd wrote its beginning when nobody waited for
    /// that any more, or its end was given up.
    func clearLeftOver() async throws(Refusal) {
        guard let left = board.snapshot.operation, left.coordinator == host,
            !own.withLock({ $0.contains(left.id) })
        else { return }
        log.warning("an operation that does not run is removed", metadata: ["id": "\(left.id)"])
        var writes = [StoreWrite(.operation, nil)]
        if var record = board.journal[left.id], record.result == .running {
            record.result = .unknown
            record.endedAt = .now
            record.lines.append("ETCD DID NOT ANSWER IN TIME; WHAT WAS LEFT OF IT IS REMOVED")
            writes.append(try write(.history(left.id), record))
        }
        try await commit(writes)
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
