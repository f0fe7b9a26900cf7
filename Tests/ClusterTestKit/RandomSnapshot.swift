import ClusterModel
import Planning

extension SiteSnapshot {
    /// A site of 3 to 7 hosts, most of it healthy, with faults anywhere.
    package static func random(using generator: inout SeededGenerator) -> SiteSnapshot {
        let count = Int.random(in: 3...7, using: &generator)
        var site = SiteSnapshot.healthy(hosts: count, receives: generator.oneIn(2) ? ["west"] : [])
        let hosts = site.shape.hosts
        if let primary = hosts.randomElement(using: &generator) { site.move(to: primary) }
        if generator.oneIn(20) { site.records.primary = nil }
        if generator.oneIn(20) { site.operation = .sample }
        site.records.policy.policy = Policy.allCases.randomElement(using: &generator) ?? .automatic
        for host in hosts {
            spoilRecord(of: host, in: &site, using: &generator)
            guard !generator.oneIn(12), var report = site.reports[host] else {
                site.reports[host] = nil
                continue
            }
            spoil(&report.server, using: &generator)
            if generator.oneIn(10) {
                report.router.state =
                    [.offline, .stopped, .timeout].randomElement(using: &generator) ?? .stopped
            }
            site.reports[host] = report
        }
        return site
    }

    /// Makes another host the primary, as if it had always been.
    package mutating func move(to primary: HostName) {
        records.primary?.host = primary
        for host in shape.hosts {
            records.dataSources[host]?.role = host == primary ? .primary : .replica
            reports[host]?.server = host == primary ? .primary() : .replica(of: primary)
        }
    }

    private static func spoilRecord(
        of host: HostName, in site: inout SiteSnapshot, using generator: inout SeededGenerator
    ) {
        if generator.oneIn(8) {
            let states: [DataSourceState] = [.offline, .failed, .shunned]
            let reasons = ["", "MANUALLY-FAILED", "DATASERVER 'x@east' STOPPED"]
            site.set(
                host, states.randomElement(using: &generator) ?? .offline,
                reason: reasons.randomElement(using: &generator) ?? "")
        }
        if generator.oneIn(15) {
            site.records.dataSources[host]?.role = generator.oneIn(2) ? .primary : .replica
        }
        if generator.oneIn(25) { site.records.dataSources[host] = nil }
        if generator.oneIn(12) { site.records.replicators[host] = generator.oneIn(2) ? .offline : .online }
        if generator.oneIn(12) { site.records.routers[host] = .offline }
    }

    private static func spoil(_ server: inout ServerReport, using generator: inout SeededGenerator) {
        let sequence = UInt64.random(in: 90...110, using: &generator)
        server.executed = GTIDPosition([GTID(domain: 1, server: 11, sequence: sequence)])
        server.logged = server.executed
        if generator.oneIn(10) {
            server.state = [.stopped, .timeout, .unknown].randomElement(using: &generator) ?? .stopped
        }
        if generator.oneIn(10) { server.readOnly.toggle() }
        if generator.oneIn(10) { server.links = [] }
        if generator.oneIn(10) { server.latency = 1_000 }
        if !server.links.isEmpty, generator.oneIn(6) {
            server.links[0].receiving = generator.oneIn(2)
            server.links[0].connecting = !server.links[0].receiving
            server.links[0].applyError = generator.oneIn(2) ? 1062 : 0
            server.links[0].applying = server.links[0].applyError == 0
            if generator.oneIn(3) { server.links[0].sourceHost = "east3" }
        }
    }
}
