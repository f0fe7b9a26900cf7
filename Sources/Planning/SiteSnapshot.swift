import ClusterModel

/// Everything that is known of a site at one instant; every decision is a function of it.
package struct SiteSnapshot: Sendable, Hashable {
    package var shape: SiteShape
    package var records: SiteRecords
    /// Reports of the hosts whose managers are alive.
    package var reports: [HostName: HostReport]
    /// When a host's manager was last seen to go away.
    package var lost: [HostName: WallTime]
    package var coordinator: HostName?
    package var operation: RunningOperation?
    /// Other hosts as the host that judges sees them over the network.
    package var sights: [HostName: HostSight]
    /// The servers of lost hosts as they were last reported.
    package var remembered: [HostName: ServerReport]
    /// By how many seconds each host's clock is ahead of that of the host that judges.
    package var clocks: [HostName: Double]

    package init(
        shape: SiteShape, records: SiteRecords, reports: [HostName: HostReport],
        lost: [HostName: WallTime] = [:],
        coordinator: HostName?, operation: RunningOperation?, sights: [HostName: HostSight] = [:],
        remembered: [HostName: ServerReport] = [:], clocks: [HostName: Double] = [:]
    ) {
        self.shape = shape
        self.records = records
        self.reports = reports
        self.lost = lost
        self.coordinator = coordinator
        self.operation = operation
        self.sights = sights
        self.remembered = remembered
        self.clocks = clocks
    }

    /// Whether commits wait for a second copy: always, but where there is no other host or the site has decided to go
    /// on alone.
    package var waitsForReceipts: Bool { shape.hosts.count > 1 && (records.alone?.waits ?? true) }

    /// The state of a host's server: by its manager's report, or where there is none, by what is seen over the network
    /// and was seen more than once.
    package func serverState(of host: HostName) -> ComponentState {
        if let server = reports[host]?.server { return server.state }
        guard let sight = sights[host], sight.isConfirmed else { return .unknown }
        return sight.server
    }

    /// The host that takes the site's writes.
    package var primary: HostName? { records.primary?.host }

    /// The policy in force: an operation suspends the rules while it runs, and only as long.
    package var policy: Policy { operation == nil ? records.policy.policy : .maintenance }

    /// The record of a data source; one that was never written is an ONLINE replica, or the first primary.
    package func record(of host: HostName) -> DataSourceRecord {
        records.dataSources[host]
            ?? DataSourceRecord(
                role: host == primary ? .primary : .replica, state: .online,
                changedAt: records.policy.changedAt)
    }

    /// Replicas in their configured order.
    package var replicas: [HostName] { shape.hosts.filter { $0 != primary } }

    /// Hosts whose managers are alive.
    package var liveHosts: [HostName] { shape.hosts.filter { reports[$0] != nil } }

    /// Hosts that rather than `host` should lead the site's etcd; none while there is no reason, or something else runs.
    package func heirs(of host: HostName) -> [HostName] {
        guard host == primary, operation == nil else { return [] }
        // The coordinator's decisions are a way shorter where its own member leads.
        let hosts = (replicas + shape.witnesses).filter { reports[$0]?.condition?.member?.state == .online }
        return hosts.filter { $0 == coordinator } + hosts.filter { $0 != coordinator }
    }

    /// Why a name is none of a data source's.
    package func unknown(_ name: HostName) -> PlanRefusal {
        shape.witnesses.contains(name) ? .isWitness(name) : .noSuchDataSource(name)
    }

    /// Witnesses whose managers are alive.
    package var liveWitnesses: [HostName] { shape.witnesses.filter { reports[$0] != nil } }
}
