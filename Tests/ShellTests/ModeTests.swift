import AdminProtocol
import ClusterModel
import Shell
import Testing

/// Modes, the level of output, files and backgrounds.
@Suite struct ModeTests {
    @Test func `the physical mode is a tree that can be walked`() throws {
        let stage = try Stage()
        #expect(
            stage.script("physical; pwd; ls; cd east/east2; pwd; ls; ls -l router; cd ../..; cd /; ls *") == 0
        )
        #expect(
            stage.screen.lines == [
                "/", "east", "west", "/east/east2", "manager", "replicator", "router", "server",
                "/east/east2/router/RouterManager", "east1", "east2", "east3", "west1", "west2", "west3",
            ])
        #expect(stage.session.prompt == "[PHYSICAL] resource:/ > ")
        #expect(stage.script("cd nowhere") == 2)
        #expect(stage.script("cp a b") == 2)
        #expect(stage.screen.complaints.contains { $0.contains("the tree is a view") })
        #expect(stage.script("switch") == 2)
        #expect(stage.screen.complaints.last == "Hint: type 'logical' first")
        #expect(stage.script("logical; ls") == 0)
        #expect(stage.session.prompt == "[LOGICAL] /east > ")
    }

    @Test func `the classic diagnosis runs`() throws {
        let stage = try Stage()
        #expect(stage.script("physical;*/*/manager/ServiceManager/diag") == 0)
        #expect(stage.screen.lines.filter { $0.hasPrefix("|/") }.count == 6)
        #expect(stage.screen.lines.contains { $0.hasPrefix("|/east/east3/manager/ServiceManager/diag ") })
        #expect(stage.screen.lines.contains { $0.contains("isCoordinator:    true") })
        #expect(stage.script("execute /east/east1/router/RouterManager/diag; chkexec /east/east1") == 0)
        #expect(stage.screen.lines.last == "/east/east1: is no operation")
        #expect(stage.script("/east/east1/manager") == 2)
        #expect(stage.script("locateServices") == 0)
        #expect(stage.screen.lines.last == "/west/west3/server/DataServerManager/diag")
    }

    @Test func `the admin mode asks no questions and shows in the prompt`() throws {
        let stage = try Stage()
        #expect(stage.script("admin; failover") == 0)
        #expect(stage.session.prompt == "[ADMIN] /east > ")
        #expect(stage.script("logical; failover") == 3)
    }

    @Test func `the level of output says how much operations tell`() throws {
        let stage = try Stage()
        stage.session.clock = { WallTime(milliseconds: 1_735_831_891_000) }
        stage.east.progress = ["STEP"]
        stage.east.outcome = Outcome(lines: ["ONE", "TWO"])
        func shown(_ level: String) -> [String] {
            stage.screen.lines = []
            #expect(stage.script("set output \(level); recover") == 0)
            return stage.screen.lines
        }
        #expect(shown("off") == [])
        #expect(shown("summary") == ["TWO"])
        #expect(shown("normal") == ["STEP", "ONE", "TWO"])
        let time = TimeText.local.plain(WallTime(milliseconds: 1_735_831_891_000))
        #expect(shown("detailed") == ["\(time) STEP", "\(time) ONE", "\(time) TWO"])
        #expect(shown("debug")[1] == "\(time) DEBUG: site.recover answered by east1 in 0 ms")
        #expect(shown("diag")[0] == "\(time) DIAG: site.recover {\"force\":false}")
        #expect(stage.script("set output loud") == 2)
        #expect(stage.screen.complaints.first == "ERROR: 'loud' is not a valid value for the log level")
    }

    @Test func `a refusal points at the word that is wrong`() throws {
        let stage = try Stage()
        #expect(stage.script("ls;  switch to west1") == 2)
        #expect(
            Array(stage.screen.complaints[1...2]) == ["  ls;  switch to west1", "                 ^~~~~"])
    }

    @Test func `what runs in the background is begun with the session's choices`() throws {
        final class Runner: BackgroundRunner {
            var begun: [String] = []
            func start(_ command: String, site: SiteName?, isExpert: Bool, force: Bool) throws(Refusal)
                -> String
            {
                begun.append("\(command)|\(site?.description ?? "")|\(isExpert)|\(force)")
                return "[1] 4711"
            }
        }
        let stage = try Stage(expert: true)
        let runner = Runner()
        stage.session.background = runner
        #expect(stage.script("set force true; switch to east2 &") == 0)
        #expect(runner.begun == ["switch to east2|east|true|true"])
        #expect(stage.screen.lines.last == "[1] 4711")
        #expect(stage.east.calls.isEmpty)
    }
}
