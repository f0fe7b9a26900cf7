import ClusterModel
import Shell
import Testing

/// What `ls` says before and besides the boxes.
@Suite struct StatusWarningTests {
    @Test func `a manager without a majority says so first, and claims no coordinator's state`() throws {
        var status = try Sample.site("east")
        status.quorum = false
        status.age = 12.5
        let lines = StatusView(status, time: .utc).lines(long: false)
        #expect(
            lines[0] == "WARNING: the manager of 'east1' reaches no majority of site 'east': "
                + "what follows is 12.500 seconds old")
        #expect(lines[1] == "")
        #expect(lines[2] == "COORDINATOR[east3:AUTOMATIC:UNKNOWN]")
    }

    @Test func `an old view says so, a fresh one does not`() throws {
        var status = try Sample.site("east")
        status.age = 30
        #expect(StatusView(status).lines(long: false)[0] == "WARNING: what follows is 30.000 seconds old")
        status.age = 1
        #expect(StatusView(status).lines(long: false)[0] == "")
    }

    @Test func `a running operation is named with who leads it`() throws {
        var status = try Sample.site("east")
        status.operation = RunningOperation(
            id: "1", command: "switch to east2", coordinator: try Sample.host("east3"),
            startedAt: WallTime(milliseconds: 1_735_831_891_000))
        #expect(
            StatusView(status, time: .utc).lines(long: false)[0]
                == "NOTE: 'switch to east2' is running, led by 'east3', since [2025/01/02 03:31:31 PM UTC]")
    }

    @Test func `without a coordinator the line keeps its form`() throws {
        var status = try Sample.site("east")
        status.coordinator = nil
        #expect(StatusView(status).lines(long: false).contains("COORDINATOR[NONE:AUTOMATIC:UNKNOWN]"))
    }

    @Test func `the long listing keeps the order that monitoring reads`() throws {
        let stage = try Stage()
        #expect(stage.script("ls -l") == 0)
        // As the classic latency check does it.
        let wanted = stage.screen.lines
            .filter { $0.contains("REPLICATOR(role=slave") || $0.contains("appliedLatency") }
            .map { String($0.filter { $0 != "|" && $0 != " " }) }
        #expect(
            wanted == [
                "appliedLatency:0.921", "appliedLatency:0.921", "appliedLatency:0.950",
                "east2:REPLICATOR(role=slave,state=ONLINE)", "appliedLatency:0.950", "appliedLatency:0.942",
                "east3:REPLICATOR(role=slave,state=ONLINE)", "appliedLatency:0.942",
            ])
        #expect(stage.screen.lines.contains { $0.hasPrefix("|                appliedLatency:    0.950 ") })
        #expect(stage.screen.lines.allSatisfy { $0.isEmpty || !$0.hasPrefix("|") || $0.count == 83 })
    }

    @Test func `every healthy resource says ONLINE, and a stopped server is found by the classic check`()
        throws
    {
        let stage = try Stage()
        func sick() -> [String] {
            stage.screen.lines.filter { $0.contains("|") && $0.contains(":") && !$0.contains("ONLINE") }
        }
        #expect(stage.script("ls resources") == 0)
        #expect(sick() == [])
        stage.screen.lines = []
        stage.east.status.dataSources[1].server = .stopped
        #expect(stage.script("ls resources") == 0)
        #expect(sick().map { $0.filter { $0 != "|" && $0 != " " } } == ["east2:DATASERVER:STOPPED"])
    }
}
