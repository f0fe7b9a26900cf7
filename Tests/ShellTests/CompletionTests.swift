import AdminProtocol
import ClusterModel
import CommandGrammar
import Shell
import Testing

@Suite struct CompletionTests {
    private func inShell(_ line: String, _ stage: Stage) -> [String] {
        CommandTable.grammar.complete(line, cursor: line.utf8.count) { stage.session.names($0) }.candidates
    }

    private func onCommandLine(_ line: String, _ stage: Stage) -> [String] {
        CommandLineCompletion.words(line, point: line.utf8.count) { stage.session.names($0) }
    }

    @Test func `names come from the manager, once for each prompt`() throws {
        let stage = try Stage()
        #expect(inShell("datasource ", stage) == ["east1", "east2", "east3"])
        #expect(inShell("router ", stage) == ["*", "east1", "east2", "east3"])
        #expect(inShell("service east1/", stage) == ["east1/mysql", "east1/router"])
        #expect(inShell("set policy ", stage) == ["automatic", "maintenance", "manual"])
        #expect(inShell("set output d", stage) == ["debug", "detailed", "diag"])
        #expect(inShell("use ", stage) == ["..", "east", "west"])
        #expect(stage.east.methods == ["site.status"])
        stage.session.forgetNames()
        #expect(inShell("switch to ", stage).count == 3)
        #expect(stage.east.methods.count == 2)
    }

    @Test func `the newest entries of the journal are offered by their ids`() throws {
        let stage = try Stage()
        let entries = ["47-3", "47-2"].map { id in
            OperationRecord(
                id: id, command: "switch", by: "anna", coordinator: stage.east.status.dataSources[0].name,
                startedAt: WallTime(milliseconds: 0), result: .done, lines: [])
        }
        stage.east.others = [entries]
        for line in ["history show ", "operation show ", "operation resume ", "operation undo 47"] {
            #expect(inShell(line, stage) == ["47-2", "47-3"], "\(line)")
        }
        #expect(stage.east.methods == ["history.list"])
        #expect((stage.east.questions.first as? HistoryCall)?.limit == 20)
        let shown = stage.session.expectations("operation show ", cursor: 15)
        #expect(shown.first == Expectation(word: "47-3", note: "switch, by anna: done"))
        stage.session.forgetNames()
        stage.network.managers = [:]
        #expect(inShell("history show ", stage) == [])
        #expect(stage.screen.complaints == [])
    }

    @Test func `without a manager there are no names and no complaint`() throws {
        let stage = try Stage()
        stage.network.managers = [:]
        #expect(inShell("datasource ", stage) == [])
        #expect(stage.screen.complaints == [])
    }

    @Test func `the login shell completes options, hosts and commands in quotes`() throws {
        let stage = try Stage()
        #expect(onCommandLine("cctrl -ho", stage) == ["-host"])
        #expect(onCommandLine("cctrl --exp", stage) == ["--expert"])
        #expect(onCommandLine("cctrl -host ea", stage) == ["east1", "east2", "east3"])
        #expect(onCommandLine("cctrl -service ", stage) == ["east", "west"])
        #expect(
            onCommandLine("cctrl -e 'datasource ea", stage) == [
                "datasource east1", "datasource east2", "datasource east3",
            ])
        #expect(onCommandLine("cctrl -e 'use west; swi", stage) == ["use west; switch"])
        #expect(onCommandLine("cctrl -f ", stage) == [])
        #expect(onCommandLine("", stage) == [])
        #expect(CommandLineCompletion.words("cctrl -host east1 -e ls", point: 9) { _ in [] } == ["-host"])
    }

    @Test func `options typed before decide whose names are offered`() {
        func options(_ line: String) -> Options {
            CommandLineCompletion.options(line, point: line.utf8.count)
        }
        #expect(options("cctrl -host west1 --config x -expert -e 'ls").host == "west1")
        #expect(options("cctrl -host west1 --config x -e 'ls").configuration == "x")
        #expect(options("cctrl --config x -host w") == options("cctrl --config x -host "))
        #expect(options("cctrl -port nonsense -host west1 -e '") == Options())
        #expect(options("") == Options())
    }
}
