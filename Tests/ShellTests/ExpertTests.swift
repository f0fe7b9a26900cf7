import AdminProtocol
import Shell
import Testing

/// The question before expert-level commands.
@Suite struct ExpertTests {
    private static let warning = [
        "", "WARNING: This is an expert-level command:", "Incorrect use may cause data corruption",
        "or make the cluster unavailable.", "", "Do you want to continue? (y/n)> ",
    ]

    @Test(arguments: ["failover", "datasource east1 fail", "set force true; datasource east1 welcome"])
    func `with nobody to ask they are refused`(line: String) throws {
        let stage = try Stage()
        #expect(stage.script(line) == 3)
        #expect(stage.east.calls.isEmpty)
        #expect(stage.screen.complaints.last == "Hint: start cctrl with -expert, or with --yes")
    }

    @Test func `with -expert or --yes they run`() throws {
        let expert = try Stage(expert: true)
        #expect(expert.script("failover") == 0)
        #expect(expert.east.calls.count == 1)
        let yes = try Stage(yes: true)
        #expect(yes.script("failover") == 0)
        #expect(yes.east.calls.count == 1)
        #expect(yes.screen.lines == [])
    }

    @Test func `a person is asked, and only yes runs them`() throws {
        let stage = try Stage()
        stage.screen.isInteractive = true
        stage.screen.answers = ["n", "y"]
        #expect(stage.script("datasource east2 fail") == 0)
        #expect(stage.screen.lines == Self.warning)
        #expect(stage.east.calls.isEmpty)
        #expect(stage.script("datasource east2 fail") == 0)
        #expect(stage.east.calls.count == 1)
    }

    @Test func `ordinary commands ask nothing`() throws {
        let stage = try Stage()
        #expect(stage.script("datasource east2 shun; datasource east2 welcome; switch") == 0)
        #expect(stage.east.calls.count == 3)
    }

    @Test func `the mode shows in the prompt, and a script that says expert means it`() throws {
        let stage = try Stage()
        #expect(stage.session.prompt == "[LOGICAL] /east > ")
        #expect(stage.script("expert") == 0)
        #expect(stage.session.prompt == "[LOGICAL:EXPERT] /east > ")
        #expect(stage.script("logical; failover") == 3)
    }
}
