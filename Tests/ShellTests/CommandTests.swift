import AdminProtocol
import ClusterModel
import CommandGrammar
import Shell
import Testing

/// What each command asks of a manager, and what it shows.
@Suite struct CommandTests {
    @Test func `changing commands reach the manager with their parameters`() throws {
        let stage = try Stage(expert: true)
        let line =
            "datasource east2@east shun; replicator east3 offline; router connector@east1[6117] offline; "
            + "router * online; service */mysql restart; switch to east2; failover; recover; set policy manual; "
            + "cluster heartbeat"
        #expect(stage.script(line) == 0)
        let calls = stage.east.calls
        try #require(calls.count == 10)
        let east1 = try Sample.host("east1")
        let east2 = try Sample.host("east2")
        #expect((calls[0] as? ChangeDataSourceCall)?.name == east2)
        #expect((calls[0] as? ChangeDataSourceCall)?.verb == .shun)
        #expect((calls[1] as? ChangeReplicatorCall)?.wanted == .offline)
        #expect((calls[2] as? ChangeRouterCall)?.host == east1)
        #expect((calls[3] as? ChangeRouterCall)?.host == nil)
        #expect((calls[3] as? ChangeRouterCall)?.wanted == .online)
        #expect((calls[4] as? RunServiceCall)?.host == nil)
        #expect((calls[4] as? RunServiceCall)?.component == "mysql")
        #expect((calls[5] as? SwitchCall)?.target == east2)
        #expect((calls[6] as? FailoverCall)?.target == nil)
        #expect((calls[8] as? SetPolicyCall)?.policy == .manual)
    }

    @Test func `steps appear as they come, the outcome last`() throws {
        let stage = try Stage()
        stage.east.progress = ["SELECTED SLAVE: east2@east"]
        stage.east.outcome = Outcome(lines: ["SWITCH TO 'east2@east' WAS SUCCESSFUL"])
        #expect(stage.script("switch") == 0)
        #expect(
            stage.screen.lines == ["SELECTED SLAVE: east2@east", "SWITCH TO 'east2@east' WAS SUCCESSFUL"])
    }

    @Test func `text from a manager cannot steer the terminal`() throws {
        let stage = try Stage()
        stage.east.outcome = Outcome(lines: ["\u{1b}[2Jgone"])
        #expect(stage.script("recover") == 0)
        #expect(stage.screen.lines == ["?[2Jgone"])
    }

    @Test func `force holds for the commands that follow`() throws {
        let stage = try Stage()
        #expect(stage.script("recover; set force true; recover; set force false; recover") == 0)
        #expect(stage.east.calls.map { ($0 as? RecoverCall)?.force } == [false, true, false])
        #expect(stage.screen.lines == ["FORCE: true", "FORCE: false"])
    }

    @Test func `members, ping and topology keep the classic lines`() throws {
        let stage = try Stage()
        let east1 = try Sample.host("east1")
        let east2 = try Sample.host("east2")
        stage.east.others = [
            [
                Member(host: east1, address: "127.1.0.1", port: 9997, online: true),
                Member(host: east2, address: "127.1.0.2", port: 9997, online: false),
            ],
            [
                PingResult(host: east1, address: "127.1.0.1", reachable: true, milliseconds: 0.2),
                PingResult(host: east2, address: "127.1.0.2", reachable: false, milliseconds: nil),
            ],
            Topology(
                name: "clustered", site: stage.east.status.site, primary: east1, hosts: [east1, east2],
                services: []),
        ]
        #expect(stage.script("members; ping; show topology") == 0)
        #expect(
            stage.screen.lines == [
                "east/east1(ONLINE)/127.1.0.1:9997", "east/east2(OFFLINE)/127.1.0.2:9997",
                "HOST east1/127.1.0.1: ALIVE", "HOST east2/127.1.0.2: NOT REACHABLE",
                "TOPOLOGY: clustered", "DATASERVICE: east", "MASTER: east1", "SLAVES: east2",
            ])
    }

    @Test func `one data source is shown alone, an unknown one is refused with the names there are`() throws {
        let stage = try Stage()
        #expect(stage.script("ls east2") == 0)
        #expect(stage.screen.lines.filter { $0.contains("MANAGER") }.count == 1)
        #expect(stage.script("ls east9") == 2)
        #expect(
            stage.screen.complaints == [
                "ERROR: site 'east' has no data source 'east9'; nothing was changed",
                "  ls east9", "     ^~~~~",
                "Hint: did you mean 'east1'? data sources: east1, east2, east3",
            ])
    }

    @Test func `a name of another site is refused before anything is sent`() throws {
        let stage = try Stage()
        #expect(stage.script("datasource west1@west shun") == 2)
        #expect(stage.east.methods == [])
        #expect(stage.screen.complaints.last == "Hint: type 'use west' first")
        #expect(stage.script("switch to west1") == 2)
        #expect(stage.screen.complaints.last == "Hint: type 'use west' first")
        #expect(stage.script("service east1 stop") == 2)
        #expect(stage.script("router east/1 online") == 2)
        #expect(stage.east.methods == [])
    }

    @Test func `another data service can be chosen, and the root lists them`() throws {
        let stage = try Stage()
        #expect(stage.script("use west; ls; cd ..; ls") == 0)
        #expect(stage.session.prompt == "[LOGICAL] / > ")
        #expect(stage.screen.lines.contains("COORDINATOR[west3:AUTOMATIC:ONLINE]"))
        #expect(
            Array(stage.screen.lines.suffix(4)) == [
                "+" + String(repeating: "-", count: 81) + "+", "east", "west", "",
            ])
        #expect(stage.script("members") == 2)
        #expect(stage.screen.complaints.last == "Hint: type 'use east' first; 'ls' lists them")
        #expect(stage.script("use wset") == 2)
        #expect(stage.screen.complaints.last == "Hint: did you mean 'west'? data services: east, west")
    }

    @Test func `help knows every command`() throws {
        let stage = try Stage()
        #expect(stage.script("help; ?; help switch") == 0)
        for command in CommandTable.all where !command.isHidden {
            #expect(stage.screen.lines.contains { $0.hasPrefix(command.name) }, "\(command.name)")
            for pattern in command.patterns {
                #expect(
                    !pattern.forms.isEmpty && !pattern.usage.isEmpty,
                    "\(pattern.text)")
            }
        }
        #expect(stage.script("help swich") == 2)
        #expect(stage.screen.complaints.last == "Hint: did you mean 'switch'?")
    }
}
