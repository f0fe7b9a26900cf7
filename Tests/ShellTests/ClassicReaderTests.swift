import ClusterModel
import Shell
import Testing

/// `ls` can be read by the classic tools in every state that a data source can be in.
@Suite struct ClassicReaderTests {
    private static let states: [DataSourceState] = [.online, .offline, .failed, .shunned]
    private static let reasons = [
        "", "MANUALLY-SHUNNED", "FAILED-OVER-TO-east3", "FAILSAFE_SHUN", "DATASERVER 'east2@east' STOPPED",
        "a reason that goes on and on, with blanks, until it takes more than one row of the box, and then "
            + "a third one, since servers like to tell long stories",
        String(repeating: "x", count: 300), "brackets (of all [kinds]) and a : colon, progress=1, x=2",
    ]

    private func read(_ status: SiteStatus) throws -> ClassicReader {
        let lines = StatusView(status, time: .utc).lines(long: false)
        return try ClassicReader(lines.map { $0 + "\n" }.joined())
    }

    private func check(_ status: SiteStatus) throws {
        let found = try read(status)
        #expect(found.coordinator.policy == status.policy.rawValue)
        #expect(found.routers.map(\.host) == status.routers.map(\.host.description))
        #expect(found.dataSources.map(\.name) == status.dataSources.map(\.name.description))
        for (source, shown) in zip(status.dataSources, found.dataSources) {
            #expect(shown.role == source.role.rawValue)
            #expect(shown.state.prefix { $0 != "(" } == source.state.rawValue)
            #expect(shown.alert == source.alert.rawValue)
            #expect(shown.manager == source.manager.rawValue)
            #expect(shown.server == source.server.rawValue)
            #expect(shown.replicatorState == source.replicator?.state.rawValue)
            #expect(shown.replicatorRole == source.replicator?.role.rawValue)
            #expect(shown.replicatorMaster == source.replicator?.source?.description)
        }
    }

    @Test func `a healthy site is read with all its numbers`() throws {
        let status = try Sample.site("east")
        try check(status)
        let found = try read(status)
        #expect(found.coordinator.host == "east3" && found.coordinator.state == "ONLINE")
        #expect(found.routers[0] == .init(host: "east1", state: "ONLINE", created: "1", active: "0"))
        #expect(found.dataSources[0].progress == "213" && found.dataSources[0].latency == "0.921")
        #expect(found.dataSources[2].progress == "213" && found.dataSources[2].latency == "0.942")
    }

    @Test(arguments: states, reasons)
    func `every state and reason is read`(state: DataSourceState, reason: String) throws {
        for index in 0...1 {
            var status = try Sample.site("east")
            status.dataSources[index].state = state
            status.dataSources[index].reason = reason
            status.dataSources[index].alertMessage = reason
            status.dataSources[index].alert = .critical
            try check(status)
            status.dataSources[index].replicator = nil
            try check(status)
            status.dataSources[index].manager = .stopped
            status.dataSources[index].server = .unknown
            status.dataSources[index].connections = nil
            try check(status)
        }
    }

    @Test(
        arguments: [
            AlertStatus.ok, .warn, .diminished, .critical, .shunned, .unknown,
        ],
        [ComponentState.online, .offline, .synchronizing, .stopped, .suspect, .degraded, .timeout, .unknown])
    func `every word for a component is read`(alert: AlertStatus, state: ComponentState) throws {
        var status = try Sample.site("east")
        status.dataSources[1].alert = alert
        status.dataSources[1].server = state
        status.dataSources[1].replicator?.state = state
        status.dataSources[1].replicator?.progress = -1
        status.dataSources[1].replicator?.latency = -1
        status.dataSources[1].tls = true
        status.routers[1].state = state
        try check(status)
        #expect(try read(status).dataSources[1].progress == "-1")
    }

    @Test func `a site without routers, a lost majority and a running operation are read`() throws {
        var status = try Sample.site("east")
        status.routers = []
        try check(status)
        status.quorum = false
        status.age = 12
        status.operation = RunningOperation(
            id: "1", command: "switch to east2", coordinator: try Sample.host("east3"),
            startedAt: WallTime(milliseconds: 0))
        try check(status)
    }

    /// Roles that no data source has here; the reader is measured by them, that it may not be too strict.
    @Test func `the reader knows the blocks of standby, archive and witness`() throws {
        let text = """
            COORDINATOR[db1:AUTOMATIC:ONLINE]

            ROUTERS:
            +----+
            +----+

            DATASOURCES:
            +----+
            |db4(standby:OFFLINE, progress=208, latency=0.402)|
            |STATUS [OK] [2025/01/02 03:31:31 PM UTC]|
            +----+
            |  MANAGER(state=ONLINE)|
            |  REPLICATOR(role=slave, master=db1, state=ONLINE)|
            +----+

            +----+
            |db5(slave:ONLINE:ARCHIVE , progress=208, latency=0.402)|
            |STATUS [OK] [2025/01/02 03:31:31 PM UTC]|
            +----+
            |  MANAGER(state=ONLINE)|
            +----+

            +----+
            |db6(witness:ONLINE)|
            +----+
            |  MANAGER(state=ONLINE)|
            +----+

            """
        let found = try ClassicReader(text)
        #expect(found.dataSources.map(\.name) == ["db4", "db5", "db6"])
        #expect(found.dataSources.map(\.role) == ["standby", "slave", "witness"])
        #expect(found.dataSources[0].progress == "208")
        #expect(found.dataSources[2].alert == nil && found.dataSources[2].manager == "ONLINE")
    }

    @Test(arguments: states, reasons)
    func `the long listing keeps one row of latency before each replicator and one after`(
        state: DataSourceState, reason: String
    ) throws {
        var status = try Sample.site("east")
        status.dataSources[1].state = state
        status.dataSources[1].reason = reason
        let lines = StatusView(status, time: .utc).lines(long: true)
        let read = lines.filter { $0.contains("REPLICATOR(role=slave") || $0.contains("appliedLatency") }
            .map { $0.filter { $0 != "|" && $0 != " " } }.drop { !$0.contains("REPLICATOR") }
        #expect(read.count == 5)
        for (index, line) in read.enumerated() where index % 3 != 2 {
            #expect(
                line.contains(index % 3 == 0 ? "REPLICATOR(role=slave,state=ONLINE)" : "appliedLatency:0.9"))
        }
    }
}
