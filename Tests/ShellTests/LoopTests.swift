import AdminProtocol
import Shell
import Testing

/// The three ways to run a shell, and how they end.
@Suite struct LoopTests {
    @Test func `a pipe shows each prompt with its command and goes on after errors`() throws {
        let stage = try Stage(expert: true)
        stage.east.outcome = Outcome(lines: ["policy mode is now MAINTENANCE"])
        SessionLoop.piped(
            stage.session, FakeLines(["use east;set policy maintenance ", "nonsense", "# comment", "cd .."]))
        #expect(
            stage.screen.lines == [
                "[LOGICAL:EXPERT] /east > use east", "[LOGICAL:EXPERT] /east > set policy maintenance",
                "policy mode is now MAINTENANCE", "[LOGICAL:EXPERT] /east > nonsense",
                "[LOGICAL:EXPERT] /east > cd ..", "", "Exiting...",
            ])
        #expect(stage.screen.complaints.first == "ERROR: 'nonsense' is not a command")
    }

    @Test func `a person goes on after errors and interrupted lines, until they leave`() throws {
        let stage = try Stage()
        let lines = FakeLines(events: [
            .interrupted, .line("nonsense"), .line("expert; quit; ls"), .line("ls"),
        ])
        SessionLoop.interactive(stage.session, lines)
        #expect(lines.prompts == Array(repeating: "[LOGICAL] /east > ", count: 3))
        #expect(stage.screen.lines == ["Exiting..."])
        SessionLoop.interactive(stage.session, FakeLines([]))
        #expect(Array(stage.screen.lines.suffix(2)) == ["", "Exiting..."])
    }

    @Test func `a script stops at the first failure with its status`() throws {
        let stage = try Stage()
        #expect(stage.script("recover; nonsense; recover") == 2)
        #expect(stage.east.calls.count == 1)
        #expect(stage.script("quit; nonsense") == 0)
    }

    @Test(arguments: ReplyCode.allCases)
    func `each refusal has its exit status, sentence and hint`(code: ReplyCode) throws {
        let stage = try Stage()
        stage.east.refusal = Refusal(code, "it is not possible; nothing was changed", hint: "try 'ls'")
        #expect(stage.script("switch") == code.exitStatus)
        #expect((1...8).contains(code.exitStatus))
        #expect(
            stage.screen.complaints == ["ERROR: it is not possible; nothing was changed", "Hint: try 'ls'"])
    }

    @Test func `something left to do is status 4, and does not stop a script`() throws {
        let stage = try Stage()
        stage.east.outcome = Outcome(lines: ["east3 is left"], complete: false)
        #expect(stage.script("recover; switch") == 4)
        #expect(stage.east.calls.count == 2)
    }

    @Test func `no manager is status 7`() throws {
        let stage = try Stage()
        stage.network.managers = [:]
        #expect(stage.script("ls") == 7)
    }
}
