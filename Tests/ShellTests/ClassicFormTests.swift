import AdminProtocol
import ClusterModel
import CommandGrammar
import Shell
import Testing

/// Every form of the classic grammar is done, or refused with a reason and a way.
@Suite struct ClassicFormTests {
    /// One line for each form of the classic command list.
    private static let done = [
        "ls", "ls -l", "ls east1", "ls -l east1", "ls east1 -l", "ls resources", "ls services", "ls sessions",
        "members", "ping", "ping east2", "show topology", "set policy automatic", "set policy manual",
        "set policy maintenance", "set force true", "set force false", "set output normal",
        "datasource east2 shun", "datasource east2 recover", "datasource east2 welcome",
        "datasource east2 offline", "datasource east2 online", "datasource east2 fail",
        "replicator east2 online", "replicator east2 offline", "replicator east2 start",
        "replicator east2 stop", "replicator east2 restart", "replicator east2 status", "router * online",
        "router east1 offline", "router connector@east1[6117] online", "service east2/mysql restart",
        "service */mysql status", "service east1/connector stop", "switch", "switch to east2", "failover",
        "failover to east2", "recover", "cluster heartbeat", "cluster flush", "cluster validate",
        "cluster online", "cluster offline", "cluster topology validate", "use east", "use west", "cd west",
        "cd ..", "cd", "cd /east", "expert", "logical", "admin", "physical", "help", "help ls", "quit",
        "exit",
        // Trailing blanks, as the classic diagnosis types them.
        "ls ", "ping ", "cluster validate ",
    ]

    @Test(arguments: done)
    func `it is done`(line: String) throws {
        let stage = try Stage(expert: true)
        stage.east.outcome = Outcome(lines: ["HEARTBEAT 1-101-4711 ON 'east1@east' APPLIED BY 2 REPLICAS"])
        stage.east.others = try Sample.answers("east")
        #expect([0, 4].contains(stage.script(line)), "\(stage.screen.complaints)")
        #expect(stage.screen.complaints == [])
    }

    private static let refused = [
        "create composite dataservice global", "create composite datasource east",
        "cluster check app.t", "cluster check app.* -limit 1,100", "cluster savepoint", "cluster rollback",
        "datasource east2 slave", "datasource east2 promote", "datasource east2 relay",
        "datasource east2 standby", "datasource east2 setarchive", "datasource east2 set archive true",
        "datasource east2 heartbeat", "replicator east2 slave", "replicator east2 master",
        "replicator east2 relay", "replicator east2 relay west east1", "service east2/replicator restart",
        "service east2/manager restart", "pwd", "locateServices", "execute */*/manager/ServiceManager/diag",
        "ls -R", "ls < file", "switch &", "datasource west fail",
    ]

    @Test(arguments: refused)
    func `it is refused with a reason and a way`(line: String) throws {
        let stage = try Stage(expert: true)
        #expect(stage.script(line) == 2)
        #expect(stage.east.calls.isEmpty)
        #expect(stage.screen.complaints.first?.hasPrefix("ERROR: ") == true)
        #expect(stage.screen.complaints.first?.contains("is not a command") == false)
        #expect(stage.screen.complaints.last?.hasPrefix("Hint: ") == true)
    }

    @Test func `every word of every pattern has a line for those who ask`() {
        for command in CommandTable.all + CommandTable.physical where !command.isHidden {
            for form in command.patterns.flatMap(\.forms) {
                for (position, element) in form.enumerated() {
                    let words: [String] =
                        switch element {
                        case .word(let word): position == 0 && word == command.name ? [] : [word]
                        case .choice(_, let words): words
                        case .value: []
                        }
                    for word in words {
                        #expect(command.notes[word]?.isEmpty == false, "\(command.name): '\(word)'")
                    }
                }
            }
        }
    }

    @Test func `setting the master by hand needs force, and goes the managers' way`() throws {
        let stage = try Stage(expert: true)
        #expect(stage.script("set master east2") == 3)
        #expect(stage.screen.complaints.last?.contains("switch to east2") == true)
        #expect(stage.script("set force true; set master east2; recover master using east3") == 0)
        #expect(stage.east.methods.filter { $0 == "site.failover" }.count == 2)
        #expect(stage.east.methods.last == "site.recover")
        #expect(stage.script("set master east1") == 3)
        stage.east.status.dataSources[0].state = .shunned
        #expect(stage.script("set master east1") == 0)
        #expect((stage.east.calls.last as? ChangeDataSourceCall)?.verb == .welcome)
        #expect((stage.east.calls.last as? ChangeDataSourceCall)?.force == true)
    }

    @Test func `the whole cluster goes offline replicas first, and comes back primary first`() throws {
        let stage = try Stage(expert: true)
        func order() -> [String] {
            stage.east.calls.compactMap { ($0 as? ChangeDataSourceCall)?.name.description }
        }
        #expect(stage.script("cluster offline") == 0)
        #expect(order() == ["east2", "east3", "east1"])
        #expect(stage.east.calls.allSatisfy { ($0 as? ChangeDataSourceCall)?.force == true })
        stage.east.calls = []
        for index in stage.east.status.dataSources.indices {
            stage.east.status.dataSources[index].state = .offline
        }
        #expect(stage.script("cluster online") == 0)
        #expect(order() == ["east1", "east2", "east3"])
    }

    @Test func `a flush tells the sequence number of its own write`() throws {
        let stage = try Stage()
        stage.east.outcome = Outcome(lines: ["HEARTBEAT 1-101-4711 ON 'east1@east' APPLIED BY 2 REPLICAS"])
        #expect(stage.script("cluster flush") == 0)
        #expect(stage.screen.lines.last == "FLUSH SEQUENCE NUMBER: 4711")
    }

    @Test func `a topology that does not fit is told line by line, with status 4`() throws {
        let stage = try Stage()
        stage.east.others = try Sample.answers("east")
        #expect(stage.script("cluster topology validate") == 0)
        #expect(stage.screen.lines.last == "THE TOPOLOGY IS VALID")
        stage.east.status.dataSources[1].replicator?.state = .suspect
        #expect(stage.script("cluster topology validate") == 4)
        #expect(
            stage.screen.lines.contains(
                "PROBLEM east2 replicates from east1, SUSPECT; see: replicator east2 status"))
        for (state, word) in [(DataSourceState.offline, "online"), (.failed, "recover")] {
            stage.east.status.dataSources[1].state = state
            #expect(stage.script("cluster topology validate") == 4)
            let line = "PROBLEM east2 is a slave and \(state.rawValue); see: datasource east2 \(word)"
            #expect(stage.screen.lines.contains(line))
        }
    }
}
