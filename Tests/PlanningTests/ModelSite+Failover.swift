import ClusterModel
import ClusterTestKit
import Planning

/// What a model knows beside its servers while a primary is replaced without its help.
struct ModelFailover {
    /// The primary's report as it was last published.
    var published: [HostName: ServerReport] = [:]
    /// Whether it is published at all: that takes time, and a switch needs none.
    var isWatched = false
    /// Whether the old primary was seen closed, not only its lease ended.
    var isClosed = true
    /// Only the primary goes away, and nobody else.
    var isOnly = true
    /// Who is asked what the candidate has not.
    var others: [HostName] = []
    /// What the choice has made the rest of the plan.
    var rest: (to: HostName, stages: [[PlanStep]])?
    var refusal: PlanRefusal?
    /// A step could not be done.
    var hasFailed = false
}

/// How a model's primary goes away.
enum ModelLoss: CaseIterable {
    case server, hang, host, cut
    /// It serves, and an operator has declared it FAILED.
    case declared
}

extension ModelSite {
    // MARK: network

    /// Whether two hosts reach each other.
    func reach(_ one: HostName, _ other: HostName) -> Bool {
        one == other || (servers[one]?.isCut != true && servers[other]?.isCut != true)
    }

    /// Whether a replica's connection brings it its source's writes.
    func receives(_ host: HostName) -> Bool {
        guard let server = servers[host], server.isRunning, !server.isBroken, let source = server.source,
            let other = servers[source]
        else { return false }
        return other.isRunning && reach(host, source)
    }

    /// A manager opens its server only with a majority, and when that can be asked what it holds.
    func mayOpen(_ host: HostName) -> Bool {
        guard hasMajority else { return false }
        guard host == snapshot.primary, servers[host]?.readOnly == true else { return true }
        let known = servers.count { reach($0.key, host) && $0.value.isRunning }
        return known >= snapshot.shape.majority
    }

    var hasMajority: Bool { snapshot.reports.count >= snapshot.shape.majority }

    // MARK: what is seen

    /// The site as its managers see it now.
    var observed: SiteSnapshot {
        var seen = snapshot
        for host in snapshot.shape.hosts {
            guard let server = servers[host] else { continue }
            seen.reports[host]?.server = report(of: host, server)
            guard seen.reports[host] == nil else { continue }
            seen.lost[host] = WallTime(milliseconds: 5)
            seen.remembered[host] = failover.published[host]
            let state: ComponentState = server.isCut ? .timeout : server.isRunning ? .online : .stopped
            seen.sights[host] = HostSight(
                server: state, manager: server.isCut ? .timeout : .stopped, looks: 5)
        }
        return seen
    }

    private func report(of host: HostName, _ server: Server) -> ServerReport {
        func position(_ count: Int) -> GTIDPosition {
            GTIDPosition([GTID(domain: snapshot.shape.domain, server: 11, sequence: UInt64(count))])
        }
        var report = ServerReport(state: server.isFrozen ? .timeout : .online)
        guard server.isRunning, !server.isFrozen else {
            report.state = server.isRunning ? .timeout : .stopped
            let before = failover.published[host]
            report.logged = before?.logged ?? position(server.log.count)
            report.executed = before?.executed ?? report.logged
            report.semiSyncReplicas = before?.semiSyncReplicas ?? 0
            return report
        }
        report.readOnly = server.readOnly
        report.logged = position(server.log.count)
        report.executed = report.logged
        report.semiSync = !server.readOnly
        report.semiSyncReplicas = servers.count { $0.value.source == host && receives($0.key) }
        if let source = server.source {
            var link = LinkReport.following(source, received: position(server.heldCount))
            link.receiving = receives(host)
            link.connecting = !link.receiving
            report.links = [link]
        }
        return report
    }

    /// The manager of the primary publishes what it sees.
    mutating func publish() {
        guard failover.isWatched, let primary = snapshot.primary, snapshot.reports[primary] != nil,
            let server = servers[primary],
            server.isRunning, !server.isFrozen, !server.isCut
        else { return }
        failover.published[primary] = report(of: primary, server)
    }

    // MARK: faults

    /// Clients write for a while, and connections come and go; the count of receivers is published at once.
    mutating func serve(_ moments: Int) {
        for _ in 0..<moments {
            if generator.oneIn(3), let host = snapshot.replicas.randomElement(using: &generator) {
                change(host) { $0.isBroken.toggle() }
                publish()
            }
            if let host = snapshot.primary { change(host) { _ in } }
        }
    }

    mutating func lose(_ loss: ModelLoss) {
        guard let primary = snapshot.primary else { return }
        switch loss {
        case .server: die(primary)
        case .hang: change(primary) { $0.isFrozen = true }
        case .host: die(primary, withHost: true)
        case .cut:
            change(primary) { $0.isCut = true }
            // Its own clients go on, unconfirmed, until its manager closes it; only then its lease can end.
            for _ in 0..<3 { change(primary) { _ in } }
            change(primary) { $0.readOnly = true }
            snapshot.reports[primary] = nil
        case .declared:
            snapshot.records.dataSources[primary]?.state = .failed
            snapshot.records.dataSources[primary]?.reason = "MANUALLY-FAILED"
        }
        watch()
    }

    /// Ends a server.
    ///
    /// What it has received and not executed is lost: it reads that again from its source.
    mutating func die(_ host: HostName, withHost: Bool = false) {
        if host != snapshot.primary { failover.isOnly = false }
        change(host) { server in
            server.isRunning = false
            server.isFrozen = false
            server.readOnly = true
            server.relay = []
            // A start does not begin to replicate: the manager does, when it knows from whom.
            server.source = nil
        }
        if withHost { snapshot.reports[host] = nil }
        if withHost, routers[host] != nil { routers[host]?.sessions = [] }
    }

    /// A host is as it should be again; a server that had ended is started, read-only.
    mutating func heal(_ host: HostName) {
        let isNew = servers[host]?.isRunning == false
        // Crash recovery takes back what was logged last and not committed: nobody was told of it, or another has it,
        // and does not go too.
        let last = servers[host]?.log.last
        let isSafe = last.map { acknowledged.contains($0) } ?? false
        let wasPrimary = snapshot.record(of: host).role == .primary
        let shortens = isNew && wasPrimary && (!isSafe || failover.isOnly) && generator.oneIn(2)
        change(host) { server in
            server.isRunning = true
            server.isFrozen = false
            server.isCut = false
            server.isBroken = false
            if shortens, server.log.count > 5 { server.log.removeLast() }
        }
        if snapshot.reports[host] == nil { snapshot.reports[host] = .of(host, .primary()) }
    }

    // MARK: rules

    /// The rules change records.
    mutating func watch() {
        guard hasMajority else { return }
        for change in Rules.changes(in: observed, now: WallTime(milliseconds: 1_000_000)) {
            snapshot.records.dataSources[change.host] = change.record
        }
    }

    /// An old primary that holds nothing of its own becomes a replica.
    mutating func rejoin() {
        guard let primary = snapshot.primary, let log = servers[primary]?.log else { return }
        for host in snapshot.replicas where snapshot.record(of: host).role == .primary {
            guard let server = servers[host], server.isRunning, snapshot.reports[host] != nil,
                log.starts(with: server.held)
            else { continue }
            snapshot.records.dataSources[host] = DataSourceRecord(
                role: .replica, state: .online, changedAt: WallTime(milliseconds: 9))
        }
    }
}
