import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

/// What a primary that was started again must have before it takes writes.
///
/// Crash recovery takes back what was logged and not committed. A replica may have confirmed just that to a client,
/// and another site may have read it although no replica here has it: whatever anybody holds is read back first.
/// A sequence number that were used twice would be skipped in silence by those who know its first use.
extension Agent {
    /// How far sequence numbers are moved on where somebody who may hold more could not be asked: it then stops with
    /// an error instead of skipping new transactions.
    static let jump: UInt64 = 1_000_000

    /// Reads back what is missing here.
    ///
    /// All are asked. Where a replica does not answer, a majority of the site is enough after 15 s; another site is
    /// waited for 5 s.
    /// - Returns: whether the sequence numbers must jump; nil where the primary may not be opened yet.
    func complete(_ own: ServerReport, _ snapshot: SiteSnapshot) async throws(Refusal) -> Bool? {
        let waited = state.withLock { state in
            let since = state.readOnlySince ?? .now
            state.readOnlySince = since
            return since.duration(to: .now)
        }
        let domain = board.shape.domain
        let remote = neighbours.hosts.values.flatMap(\.self)
        let held = await Holdings.ask(snapshot.replicas + remote, of: domain, peers, log)
        let isLast = state.withLock { $0.standsAlone }
        let enough = isLast || held.count(of: snapshot.replicas) + 1 >= snapshot.shape.majority
        guard held.hasAll(snapshot.replicas) || (waited > .seconds(15) && enough) else { return nil }
        let missing = held.farthest(beyond: own.logged.sequence(of: domain))
        // Where nothing was ever written here, nothing can be missing, and the other sites need not be waited for.
        let isFresh = own.logged.sequence(of: domain) == 0 && missing == nil
        let isKnown =
            isFresh
            || neighbours.hosts.allSatisfy { site, hosts in
                held.hasAll(neighbours.primary(of: site).map { [$0] } ?? hosts)
            }
        guard isKnown || waited > .seconds(5) else { return nil }
        if let missing {
            log.notice(
                "another server has more than the restarted primary: reading it back",
                metadata: ["host": "\(missing.host)", "position": "\(missing.position)"])
            try await fetch(
                from: missing.host, address: peers.address(of: missing.host), position: missing.position,
                limit: .seconds(30))
        }
        state.withLock { $0.readOnlySince = nil }
        return !isKnown || !held.hasAll(snapshot.replicas)
    }

    /// The same, when nothing more is read from a server of another site that is replaced there.
    ///
    /// Attempts to reach it are not waited for: they may end a second later only, and then read nothing.
    func held(of domain: UInt32, leaving source: HostName) async throws(Refusal) -> GTIDPosition {
        let isLeft = neighbours.leave(source)
        let seen = await server.observe()
        let links = seen.links.filter { isLeft && $0.sourceHost == source.description }
        for link in links where link.connecting {
            Task(executorPreference: WorkLoop.current) { await self.giveUp(link) }
        }
        let receiving = links.filter(\.receiving)
        for link in receiving { try await server.stopReceiving(link.name, limit: .seconds(1)) }
        return try await held(of: domain, by: receiving.isEmpty ? seen : server.observe())
    }

    private func giveUp(_ link: LinkReport) async {
        do throws(Refusal) {
            try await server.stopReceiving(link.name, limit: .seconds(10))
        } catch {
            // Settling the server does it again.
            log.info(
                "attempts to reach a server could not be ended",
                metadata: ["host": "\(link.sourceHost)", "why": "\(error.message)"])
        }
    }

    /// What this host's server holds of `domain` now, received transactions included.
    func held(of domain: UInt32) async throws(Refusal) -> GTIDPosition {
        return try await held(of: domain, by: server.observe())
    }

    private func held(of domain: UInt32, by seen: ServerReport) throws(Refusal) -> GTIDPosition {
        guard seen.state == .online else {
            throw Refusal(
                .serverError, "the server of '\(host)' is \(seen.state.rawValue): \(seen.problem ?? "")")
        }
        let all = [seen.logged, seen.executed] + seen.links.map(\.received)
        let farthest = all.max { $0.sequence(of: domain) < $1.sequence(of: domain) }
        return (farthest ?? GTIDPosition()).only(domain)
    }

    /// Reads missing transactions from another server, over the connection inside the site.
    func fetch(from source: HostName, address: String, position: GTIDPosition, limit: Duration)
        async throws(Refusal)
    {
        // The position of replication can be set only while nothing replicates, and a server has one connection to
        // another at most. The agent makes those of the site's services anew.
        for link in await server.observe().links {
            try await settler.quiet(link)
            try await server.removeLink(link.name)
        }
        // Own transactions are taken from others only by a server that sends receipts.
        try await server.setReceipts(true)
        try await server.changeSource(link: "", to: source, address: address, demote: true)
        // Without `UNTIL`: a source that ends such a connection itself waits, before it has sent all, for its receiver
        // of receipts, which sleeps while no other replica of it has any (10.11.19, `Ack_receiver::remove_slave`).
        try await server.startLink("")
        guard try await server.awaitExecuted(position, limit: limit) else {
            throw Refusal(
                .timedOut, "\(position) did not come from \(source) within \(Int(limit.inSeconds)) s")
        }
        // What else has come, another site's writes since it lost the old primary, is not waited for: it is read again.
        let seen = await server.observe()
        if seen.semiSync, let link = seen.links.first(where: \.isLocal) { try await settler.quiet(link) }
        try await server.abandonLink("")
    }
}
