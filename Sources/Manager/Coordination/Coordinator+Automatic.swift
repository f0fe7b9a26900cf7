import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

/// What the managers do by themselves that is more than a record: operations that rules begin under AUTOMATIC.
extension Coordinator {
    /// An operation that a rule began and that failed is tried again after so many seconds, doubled each time.
    static let firstRetry = 3.0
    static let lastRetry = 60.0

    /// Begins at most one operation, and waits for its end.
    func operateByRule() async {
        let snapshot = board.snapshot
        if Rules.verdicts(failingOverIn: snapshot).allHold, mayTry("failover") {
            return await begin("failover") { [self] operation throws(Refusal) in
                try await failover(FailoverCall(target: nil), operation)
            }
        }
        for host in snapshot.shape.hosts
        where Rules.verdicts(rejoining: host, in: snapshot).allHold && mayTry("datasource \(host) recover") {
            return await begin("datasource \(host) recover") { [self] operation throws(Refusal) in
                try await recoverDataSource(host, operation)
            }
        }
    }

    /// Whether the command was not tried a moment ago.
    private func mayTry(_ command: String) -> Bool {
        retries.withLock { $0[command].map { ContinuousClock.now >= $0.next } ?? true }
    }

    private func begin(
        _ command: String, _ body: @escaping @Sendable (Operation) async throws(Refusal) -> Outcome
    ) async {
        do throws(Refusal) {
            _ = try await operate(command, by: OperationRecord.rules, progress: { _ in }, body)
            retries.withLock { $0[command] = nil }
        } catch {
            let wait = retries.withLock { retries -> Double in
                let wait = min((retries[command]?.wait ?? Self.firstRetry / 2) * 2, Self.lastRetry)
                retries[command] = Retry(wait: wait, next: .now + .seconds(wait))
                return wait
            }
            log.warning(
                "what a rule began has failed",
                metadata: ["command": "\(command)", "why": "\(error)", "again": "in \(Int(wait)) s"])
        }
    }

    /// When an operation of the rules may be tried again.
    struct Retry {
        /// Seconds.
        var wait: Double
        var next: ContinuousClock.Instant
    }
}
