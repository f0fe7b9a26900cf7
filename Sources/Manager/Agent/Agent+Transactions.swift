import AdminProtocol
import ClusterModel
import Logging

extension Agent {
    /// How often the server is asked: it renews its own list of transactions no more often.
    private static let pause = Duration.milliseconds(110)
    /// How long a session that was ended may take to roll back.
    private static let rollback = Duration.seconds(10)

    /// Waits until none of the transactions that were open at first is open any more; later ones do not count.
    ///
    /// - Parameter cut: whether the sessions of those that are left after `limit` are ended.
    /// - Returns: how many sessions were ended, and as lines which.
    func endTransactions(limit: Duration, cut: Bool) async throws(Refusal) -> AgentReply {
        let left = try await remaining(of: try await server.openTransactions(), within: limit)
        guard let oldest = left.first else { return AgentReply(count: 0) }
        guard cut else { throw Self.refusal(oldest, of: left.count, on: host, limit) }
        // A commit that waits for room and is cut leaves half a transaction in the log, which no replica could read.
        guard !hasFullDisk else {
            throw Refusal(
                .wrongState,
                "the disk of '\(host)' is full, and a session that is cut while it waits for room leaves half a"
                    + " transaction in the log; no session was cut", hint: "make room on '\(host)' first")
        }
        for transaction in left { try await server.endSession(transaction.session) }
        let lines = left.map(\.text)
        log.notice("sessions were ended", metadata: ["sessions": "\(lines.joined(separator: "; "))"])
        if let stuck = try await remaining(of: left, within: Self.rollback).first {
            throw Refusal(
                .blockedBySession,
                "a session on '\(host)' was ended, and its transaction is not rolled back yet: \(stuck.text)",
                hint: "wait until it is rolled back, then switch again")
        }
        return AgentReply(count: left.count, lines: lines)
    }

    private func remaining(
        of first: [OpenTransaction], within limit: Duration
    ) async throws(Refusal) -> [OpenTransaction] {
        let deadline = ContinuousClock.now + limit
        var left = first
        while !left.isEmpty, ContinuousClock.now < deadline {
            do {
                try await Task.sleep(for: Self.pause)
            } catch {
                throw Refusal(.failed, "the wait for open transactions was cancelled")
            }
            let known = Set(left.map(\.key))
            left = try await server.openTransactions().filter { known.contains($0.key) }
        }
        return left
    }

    private static func refusal(
        _ oldest: OpenTransaction, of count: Int, on host: HostName, _ limit: Duration
    ) -> Refusal {
        let what = oldest.isRunning ? "a running statement" : "an open transaction"
        let others = count > 1 ? " (and \(count - 1) more)" : ""
        return Refusal(
            .blockedBySession,
            "\(what) on '\(host)' did not end within \(Int(limit.inMilliseconds)) ms: \(oldest.text)\(others)",
            hint: "wait for it, or: switch --cut-sessions")
    }
}

extension OpenTransaction {
    /// Of the same session, the same transaction.
    fileprivate var key: String { "\(session) \(identity)" }
}
