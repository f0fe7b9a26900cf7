import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

extension Agent {
    /// Ends the wait for a receipt that was lost; called several times a second.
    ///
    /// Where the connection of a replica breaks between a transaction and its receipt, the replica connects anew
    /// behind that transaction and never confirms it. Later commits stand in line, so nothing is written that it could
    /// confirm: the server would wait for ever. What the replica has read is known here, and is told to the server.
    package func relayReceipts() async {
        let snapshot = board.snapshot
        guard snapshot.primary == host, let server = lastReport?.server else { return }
        let stalled = state.withLock { $0.stall.see(server, at: .now) }
        guard stalled >= ReceiptStall.patience, let found = snapshot.received(of: host, server) else {
            return
        }
        state.withLock { $0.stall = ReceiptStall() }
        do throws(Refusal) {
            try await self.server.confirm(found.place)
            log.notice(
                "a lost receipt is made up for",
                metadata: ["replica": "\(found.replica)", "position": "\(server.logged)"])
        } catch {
            complain("a lost receipt could not be made up for", error)
        }
    }
}

/// For how long commits have waited for receipts without any being written.
package struct ReceiptStall: Sendable {
    /// Receipts come within milliseconds, on a busy machine too.
    package static let patience = Duration.milliseconds(500)

    private var since: ContinuousClock.Instant?
    private var logged: GTIDPosition?

    package init() {}

    package mutating func see(_ server: ServerReport, at now: ContinuousClock.Instant) -> Duration {
        guard server.state == .online, server.semiSync, server.awaited ?? 0 > 0 else {
            self = ReceiptStall()
            return .zero
        }
        if since == nil || logged != server.logged {
            since = now
            logged = server.logged
        }
        return since.map { $0.duration(to: now) } ?? .zero
    }
}
