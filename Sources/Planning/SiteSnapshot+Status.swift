import ClusterModel

extension SiteSnapshot {
    /// The site as `ls` shows it.
    /// - Parameters:
    ///   - answeredBy: the host whose manager answers.
    ///   - quorum: whether that manager reaches a majority.
    ///   - age: seconds since its view was last confirmed.
    ///   - includingReports: whether each data source carries its full report.
    package func status(answeredBy: HostName, quorum: Bool, age: Double, includingReports: Bool) -> SiteStatus
    {
        SiteStatus(
            site: shape.name, answeredBy: answeredBy, coordinator: coordinator, policy: policy,
            quorum: quorum, age: age,
            operation: operation, routers: shape.routers.map(routerStatus),
            dataSources: shape.hosts.sorted().map {
                var status = dataSourceStatus(of: $0, includingReport: includingReports)
                if !quorum { status.shunForSafety() }
                return status
            },
            witnesses: shape.witnesses.isEmpty
                ? nil
                : shape.witnesses.sorted().map {
                    WitnessStatus(name: $0, manager: reports[$0] == nil ? .stopped : .online)
                })
    }

    private func routerStatus(_ host: HostName) -> RouterStatus {
        guard let router = reports[host]?.router else {
            return RouterStatus(host: host, pid: 0, state: .unknown, connections: ConnectionCounts())
        }
        return RouterStatus(host: host, pid: router.pid, state: router.state, connections: router.connections)
    }

    private func dataSourceStatus(of host: HostName, includingReport: Bool) -> DataSourceStatus {
        let record = record(of: host)
        let report = reports[host]
        let replicator = report.flatMap { replicatorStatus(of: host, record: record, server: $0.server) }
        let alert = alert(for: record, report: report, replicator: replicator)
        return DataSourceStatus(
            name: host, role: record.role, state: record.state, reason: record.reason, alert: alert.status,
            alertMessage: alert.message, alertTime: alertTime(of: host, record),
            manager: report == nil ? .stopped : .online,
            server: serverState(of: host), replicator: replicator,
            connections: connections(of: host),
            tls: isEncrypted(host), report: includingReport ? report : nil)
    }

    /// When the STATUS line last changed: by a record, or by what the host's manager saw, or with that manager.
    private func alertTime(of host: HostName, _ record: DataSourceRecord) -> WallTime {
        guard record.state == .online else { return record.changedAt }
        let seen = reports[host]?.server.changedAt ?? lost[host] ?? record.changedAt
        return max(record.changedAt, seen)
    }

    private func connections(of host: HostName) -> ConnectionCounts? {
        let counts = reports.values.compactMap { $0.router.byDataSource[host] }
        return counts.isEmpty ? nil : counts.reduce(ConnectionCounts(), +)
    }

    /// Nil where there is nothing to say: no server to ask, or a replica without its connection.
    private func replicatorStatus(
        of host: HostName, record: DataSourceRecord, server: ServerReport
    ) -> ReplicatorStatus? {
        let local = server.links.first(where: \.isLocal)
        if record.role == .primary {
            // The classic output keeps the last known progress of a primary whose server stopped.
            return ReplicatorStatus(
                role: .primary, state: server.state == .online ? .online : .degraded, source: nil,
                progress: Int64(server.logged.sequence(of: shape.domain)), latency: server.latency ?? -1)
        }
        guard let local else { return nil }
        return ReplicatorStatus(
            role: .replica, state: server.state == .online ? local.state : .suspect,
            source: HostName(local.sourceHost), progress: Int64(server.executed.sequence(of: shape.domain)),
            latency: server.latency ?? -1, error: local.errorText)
    }

    private func alert(
        for record: DataSourceRecord, report: HostReport?, replicator: ReplicatorStatus?
    ) -> (status: AlertStatus, message: String) {
        let trouble = report.flatMap { troubles(of: $0.host).first }
        switch record.state {
        case .failed:
            let more = trouble.map { $0.weight > .warns ? "; \($0.text)" : "" } ?? ""
            return (.critical, record.reason + more)
        case .shunned: return (.shunned, trouble.map { $0.weight > .warns ? $0.text : "" } ?? "")
        case .offline: return (.warn, "")
        case .online: break
        }
        guard let report else { return (.diminished, "MANAGER STOPPED") }
        if let trouble, trouble.weight == .stops { return (.critical, trouble.text) }
        guard report.server.state == .online else {
            // Where the server cannot be asked, its words say why.
            let why = report.server.state == .unknown ? report.server.problem.map { ": \($0)" } ?? "" : ""
            let more = trouble.map { $0.weight > .warns ? "; \($0.text)" : "" } ?? ""
            return (.diminished, "DATASERVER \(report.server.state.rawValue)\(why)\(more)")
        }
        if record.role == .primary, let problem = primaryProblem(report.server) {
            return (.diminished, problem)
        }
        if let trouble, trouble.weight == .diminishes { return (.diminished, trouble.text) }
        switch replicator?.state {
        case .online, .synchronizing: return trouble.map { (.warn, $0.text) } ?? (.ok, "")
        case .suspect:
            let why = replicator.map { $0.error.isEmpty ? "" : ": \($0.error)" } ?? ""
            return (.diminished, "REPLICATOR SUSPECT\(why)")
        default: return (.diminished, "REPLICATOR \(replicator?.state.rawValue ?? "STOPPED")")
        }
    }

    /// What an operator must know of a primary that serves.
    private func primaryProblem(_ server: ServerReport) -> String? {
        if server.readOnly { return "NOT OPEN FOR WRITES" }
        if let alone = records.alone {
            return alone.waits
                ? "A REPLICA FETCHES WHAT EXISTS ONLY HERE: A FAILOVER NOW COULD LOSE WRITES"
                : "NO SECOND COPY: COMMITS DO NOT WAIT, A FAILOVER NOW COULD LOSE WRITES"
        }
        if shape.hosts.count > 1 {
            if !server.semiSync { return "COMMITS DO NOT WAIT FOR A SECOND COPY" }
            if server.semiSyncReplicas == 0 { return "NO REPLICA CONFIRMS: COMMITS WAIT" }
        }
        // One that only cannot reach the other site goes on by itself, and 'ls services' shows it.
        let stopped = server.links.first { !$0.isLocal && $0.applyError != 0 }
        return stopped.map { "SERVICE '\($0.name)' STOPPED: \($0.errorText)" }
    }

    /// Whether the replication connections of a host are all encrypted, and there is at least one.
    ///
    /// A primary has none inside the site: there its replicas' connections to it count, with its own to other sites.
    private func isEncrypted(_ host: HostName) -> Bool {
        guard let report = reports[host] else { return false }
        var links = report.server.links
        if host == primary {
            for replica in replicas {
                links +=
                    reports[replica]?.server.links.filter { $0.isLocal && $0.sourceHost == host.description }
                    ?? []
            }
        }
        let standing = links.filter(\.receiving)
        return !standing.isEmpty && standing.allSatisfy(\.tls)
    }

    /// The cross-site services that end here.
    package var services: [ServiceFacts] {
        shape.receives.map { site in
            let carrier = shape.hosts.first { host in
                reports[host]?.server.links.contains { $0.name == site.description } ?? false
            }
            return ServiceFacts(
                name: site, wanted: records.services[site] ?? .online, carrier: carrier,
                link: carrier.flatMap { reports[$0]?.server.links.first { $0.name == site.description } },
                executed: carrier.flatMap { reports[$0]?.server.executed })
        }
    }
}

/// What is known of one cross-site service at its receiving end.
package struct ServiceFacts: Sendable, Hashable {
    package var name: SiteName
    package var wanted: Wanted
    package var carrier: HostName?
    package var link: LinkReport?
    package var executed: GTIDPosition?
}

extension DataSourceStatus {
    /// What is shown of every data source by a manager that no majority confirms (facts 3.6); its own host's server
    /// and router are closed.
    fileprivate mutating func shunForSafety() {
        state = .shunned
        reason = "FAILSAFE_SHUN"
        alert = .shunned
        alertMessage = ""
    }
}
