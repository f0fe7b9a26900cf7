import AdminProtocol
import ClusterModel
import Testing

/// Sites and data sources to show.
enum Sample {
    static func host(_ name: String) throws -> HostName { try #require(HostName(name)) }

    /// Three healthy hosts with the numbers of the classic manual.
    static func site(_ name: String) throws -> SiteStatus {
        let pids: [Int32] = [6117, 6105, 6109]
        let latencies = [0.921, 0.950, 0.942]
        let times: [Int64] = [1_735_831_891_000, 1_735_831_891_000, 1_735_831_889_000]
        let hosts = try (1...3).map { try host("\(name)\($0)") }
        return SiteStatus(
            site: try #require(SiteName(name)), answeredBy: hosts[0], coordinator: hosts[2],
            policy: .automatic,
            quorum: true, age: 0.3,
            routers: hosts.enumerated().map { index, host in
                RouterStatus(
                    host: host, pid: pids[index], state: .online,
                    connections: ConnectionCounts(created: index == 0 ? 1 : 0, active: 0))
            },
            dataSources: hosts.enumerated().map { index, host in
                source(
                    host, index == 0 ? .primary : .replica, of: hosts[0], latency: latencies[index],
                    time: times[index], created: index == 0 ? 1 : 0)
            })
    }

    static func source(
        _ name: HostName, _ role: DataSourceRole, of primary: HostName, progress: Int64 = 213,
        latency: Double,
        time: Int64, created: Int = 0, active: Int = 0
    ) -> DataSourceStatus {
        DataSourceStatus(
            name: name, role: role, state: .online, reason: "", alert: .ok, alertMessage: "",
            alertTime: WallTime(milliseconds: time), manager: .online, server: .online,
            replicator: ReplicatorStatus(
                role: role, state: .online, source: role == .replica ? primary : nil, progress: progress,
                latency: latency),
            connections: ConnectionCounts(created: created, active: active), tls: false)
    }
}

extension Sample {
    /// What a healthy site answers to everything but a status.
    static func answers(_ name: String) throws -> [any Codable & Sendable] {
        let hosts = try (1...3).map { try host("\(name)\($0)") }
        let other = try #require(SiteName(name == "east" ? "west" : "east"))
        let members = hosts.enumerated().map { index, host in
            Member(host: host, address: "127.1.0.\(index + 1)", port: 9997, online: true)
        }
        let pings = hosts.enumerated().map { index, host in
            PingResult(host: host, address: "127.1.0.\(index + 1)", reachable: true, milliseconds: 0.25)
        }
        let service = ServiceStatus(
            name: other, carrier: hosts[0], source: "\(other)1", state: .online, wanted: .online,
            progress: 99,
            tls: true, error: "")
        return try journal(hosts[0]) + [
            members, pings,
            Topology(
                name: "clustered", site: try #require(SiteName(name)), primary: hosts[0], hosts: hosts,
                services: [service]),
        ]
    }

    /// What the manager of a host reports.
    static func report(_ host: HostName, _ routed: [HostName: ConnectionCounts]) throws -> HostReport {
        var server = ServerReport(state: .online)
        server.executed = try #require(GTIDPosition("1-101-213,2-201-99"))
        server.logged = server.executed
        server.version = "10.11.9-MariaDB"
        let started = WallTime(milliseconds: 1_735_800_000_000)
        return HostReport(
            host: host, manager: ManagerReport(pid: 4711, version: "0.1.0", startedAt: started),
            server: server,
            router: RouterReport(state: .online, pid: 6117, byDataSource: routed),
            observedAt: WallTime(milliseconds: 1_735_831_890_000))
    }

    /// What is told of the past, of sessions and of backups.
    private static func journal(_ host: HostName) throws -> [any Codable & Sendable] {
        let begun = WallTime(milliseconds: 1_735_831_891_000)
        var entry = OperationRecord(
            id: "47-3", command: "switch to east2", by: "anna", coordinator: host, startedAt: begun,
            endedAt: WallTime(milliseconds: begun.milliseconds + 1300), result: .done,
            lines: ["SELECTED SLAVE: east2@east"], steps: [StepTime(step: "freeze", milliseconds: 1.25)])
        entry.move = RoleMove(from: host, to: try Sample.host("east2"))
        entry.reached = "settle"
        entry.receipt = SwitchReceipt(
            gap: 14.25, hold: 38.5, freeze: 1.25, catchUp: 3, sessionsCut: 16, transactionsCut: 1,
            before: try #require(GTIDPosition("1-101-213")), after: try #require(GTIDPosition("1-101-220")),
            forecast: 13.75)
        entry.receipt?.canary = CanaryReport(
            router: host, gap: 15.5, writes: 86, failures: 1, problem: nil)
        let rules = [
            RuleAnswer(
                rule: "no-operation", text: "no operation runs", holds: true, seen: "none", since: nil),
            RuleAnswer(
                rule: "online-replica", text: "'east2' is an ONLINE replica", holds: true,
                seen: "slave:ONLINE",
                since: begun),
        ]
        let explanation = Explanation(
            conclusion: "a switch to 'east2' would be done",
            parts: [ExplanationPart(title: "a switch to 'east2' needs that", rules: rules)],
            hint: "switch to east2")
        let backup = BackupInfo(
            name: "2025-01-02T153131", directory: "/var/backups/cctrl", site: try #require(SiteName("east")),
            host: host, startedAt: begun, endedAt: WallTime(milliseconds: begun.milliseconds + 61_000),
            bytes: 5 << 30, position: try #require(GTIDPosition("1-101-213")), version: "10.11.9-MariaDB",
            dataDirectory: "/var/lib/mysql")
        let session = ClientSession(
            id: 71, user: "app_user", host: "127.1.0.1", database: "app", command: "Query", seconds: 0.25,
            statement: "update t set a = 1")
        let connections = Connections(
            name: host, total: 9, routers: [RouterSessions(router: host, active: 8)], direct: 1,
            sessions: [session])
        let plan = PlanReport(
            command: "switch to east2", steps: ["freeze 'east1'", "open 'east2'"],
            records: [PlannedRecord(key: "primary", before: "east1", after: "east2")], notes: ["look twice"])
        let tail = SavedTail(
            host: host, savedAt: begun, transactions: 2,
            first: GTID(domain: 1, server: 101, sequence: 214),
            last: GTID(domain: 1, server: 101, sequence: 215), readable: "/opt/cctrl/tails/east1.sql",
            binaryLog: "/opt/cctrl/tails/east1.binlog", bytes: 464)
        return [[entry], entry, explanation, [backup], [tail], connections, plan]
    }
}
