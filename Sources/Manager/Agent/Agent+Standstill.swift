import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

/// For how long a server has executed nothing of what it has received.
package struct Standstill: Sendable {
    private var since: ContinuousClock.Instant?
    private var executed = GTIDPosition()

    package init() {}

    /// Takes one report into account.
    /// - Parameter domains: what each connection carries; of others only that counts, for own transactions that come
    ///   back are skipped.
    package mutating func see(
        _ server: ServerReport, domains: [String: UInt32], at now: ContinuousClock.Instant
    ) -> Duration {
        let waits = server.links.contains { link in
            let received = domains[link.name].map { link.received.only($0) } ?? link.received
            return link.applying && !server.executed.covers(received)
        }
        guard server.state == .online, waits else {
            self = Standstill()
            return .zero
        }
        if since == nil || executed != server.executed {
            since = now
            executed = server.executed
        }
        return since.map { $0.duration(to: now) } ?? .zero
    }
}

extension Agent {
    /// Says where replication has executed nothing for long, and what it waits for: by its threads alone it runs.
    func standstill(of server: ServerReport) async -> StandstillReport? {
        let domains = Dictionary(
            server.links.compactMap { link in
                SiteName(link.name).flatMap { neighbours.domain(of: $0) }.map { (link.name, $0) }
            }, uniquingKeysWith: { first, _ in first })
        let length = state.withLock { $0.standstill.see(server, domains: domains, at: .now) }
        let seconds = length.inSeconds.rounded(.down)
        guard seconds >= HostTrouble.standstillSeconds else { return nil }
        let before = lastReport?.server.standstill
        // What they do then they do for long: once in a while is enough.
        if let before, !before.doing.isEmpty, Int(seconds) % 10 != 0 {
            return StandstillReport(seconds: seconds, doing: before.doing)
        }
        do throws(Refusal) {
            let doing = try await self.server.appliers()
            if before == nil {
                log.warning(
                    "nothing that was received is executed",
                    metadata: ["seconds": "\(seconds)", "appliers": "\(doing.joined(separator: "; "))"])
            }
            return StandstillReport(seconds: seconds, doing: doing)
        } catch {
            return StandstillReport(seconds: seconds, doing: [error.message])
        }
    }
}
