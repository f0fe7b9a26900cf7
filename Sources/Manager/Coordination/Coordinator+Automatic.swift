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
        if await failOverByRule(in: snapshot) { return }
        for host in snapshot.shape.hosts
        where Rules.verdicts(rejoining: host, in: snapshot, now: .now).allHold && mayTry("rejoin \(host)") {
            return await attempt("rejoin \(host)") { [self] () throws(Refusal) in try await rejoin(host) }
        }
    }

    /// Begins a failover where the rules want one, and waits for its end.
    /// - Parameter along: what its beginning writes besides.
    /// - Returns: whether it has begun.
    func failOverByRule(in snapshot: SiteSnapshot, along: [StoreWrite] = []) async -> Bool {
        guard Rules.verdicts(failingOverIn: snapshot, now: .now).allHold, mayTry("failover") else {
            return false
        }
        let hasBegun = Mutex(false)
        await attempt("failover") { [self] () throws(Refusal) in
            _ = try await operate("failover", by: OperationRecord.rules, along: along, progress: { _ in }) {
                (operation) throws(Refusal) in
                hasBegun.withLock { $0 = true }
                return try await self.failover(FailoverCall(target: nil), in: snapshot, operation)
            }
        }
        return hasBegun.withLock { $0 }
    }

    /// Whether that was not tried a moment ago.
    private func mayTry(_ what: String) -> Bool {
        retries.withLock { $0[what].map { ContinuousClock.now >= $0.next } ?? true }
    }

    private func attempt(_ what: String, _ body: () async throws(Refusal) -> Void) async {
        do throws(Refusal) {
            try await body()
            retries.withLock { $0[what] = nil }
        } catch {
            let wait = retries.withLock { retries -> Double in
                let wait = min((retries[what]?.wait ?? Self.firstRetry / 2) * 2, Self.lastRetry)
                retries[what] = Retry(wait: wait, next: .now + .seconds(wait))
                return wait
            }
            log.warning(
                "what a rule began has failed",
                metadata: ["what": "\(what)", "why": "\(error)", "again": "in \(Int(wait)) s"])
        }
    }

    /// When an operation of the rules may be tried again.
    struct Retry {
        /// Seconds.
        var wait: Double
        var next: ContinuousClock.Instant
    }
}
