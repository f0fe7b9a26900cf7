import ClientHarness
import ServerHarness
import Testing

/// What goes on beside a prompt: events, policies, lost managers.
@Suite struct PromptTests {
    /// At a prompt that has seen how the site is.
    private func openWatching(_ session: TerminalSession, columns: UInt16 = 80) throws -> PseudoTerminal {
        session.script.change { $0.counted = "site.status" }
        let terminal = try session.open(columns: columns)
        try terminal.wait("the first look at the site") { session.script.count > 0 }
        return terminal
    }

    @Test func `an event appears above the line that is being typed, which stays whole`() throws {
        let session = try TerminalSession()
        let terminal = try openWatching(session)
        terminal.send("ls ea")
        try terminal.expectScreen("the typed line") { $0.line == "[LOGICAL] /east > ls ea" }
        session.script.change { $0.sources = [Wire.Source(state: "SHUNNED")] }
        try terminal.expectScreen("the event, and the line below it") { screen in
            screen.line == "[LOGICAL] /east > ls ea"
                && screen.cursor.row > 0
                && screen.rows[screen.cursor.row - 1].hasSuffix(
                    "east: data source 'east1': ONLINE => SHUNNED")
        }
        terminal.send("st1\r")
        try terminal.expect("MANAGER(state=ONLINE)")
    }

    @Test func `an event above a line of several rows leaves no rest of it behind`() throws {
        let session = try TerminalSession()
        let terminal = try openWatching(session, columns: 40)
        let words = "ls east1; ls east1; ls söder東東東; ls east1; ls 東"
        terminal.send(words)
        try terminal.expectScreen("the typed line") { $0.text.contains("ls 東") }
        terminal.send("\u{1b}[D\u{1b}[D")
        session.script.change { $0.policy = "MAINTENANCE" }
        try terminal.expectScreen("the event, and one line below it") { screen in
            let text = screen.rows.joined()
            return screen.prose.contains("east: policy is now MAINTENANCE")
                && text.contains("MAINTENANCE [LOGICAL] /east > ls east1;")
                && text.components(of: "ls söder東東東").count == 2
        }
        terminal.send("\u{3}")
        try terminal.expect("^C")
    }

    @Test func `the prompt tells a policy that is not AUTOMATIC`() throws {
        let session = try TerminalSession()
        session.script.change { $0.policy = "MANUAL" }
        let terminal = try session.open()
        try terminal.expectScreen("the policy") { $0.line == "MANUAL [LOGICAL] /east >" }
        session.script.change { $0.policy = "AUTOMATIC" }
        try terminal.expectScreen("the classic prompt") { $0.line == "[LOGICAL] /east >" }
        #expect(terminal.screen.text.contains("east: policy is now AUTOMATIC"))
    }

    @Test func `a lost manager shows in the prompt, and its return is told`() throws {
        let session = try TerminalSession()
        let terminal = try session.open()
        terminal.send("ls")
        session.stop("east1")
        try terminal.expectScreen("the loss") { $0.line == "NO MANAGER [LOGICAL] /east > ls" }
        #expect(terminal.screen.text.contains("the manager of 'east1' is lost"))
        terminal.send(" east1\r")
        try terminal.expect("ERROR: cannot connect to the manager of east1")
        try session.start("east1")
        try terminal.expect("connected to the manager of 'east1' again")
        try terminal.expectScreen("the classic prompt") { $0.line == "[LOGICAL] /east >" }
        terminal.send("ls east1\r")
        try terminal.expect("MANAGER(state=ONLINE)")
    }

    @Test func `another manager of the site takes over while the prompt waits`() throws {
        let session = try TerminalSession(hosts: ["east1", "east2"])
        let terminal = try session.open()
        session.stop("east1")
        try terminal.expect("the manager of 'east1' is lost; now connected to that of 'east2'")
        terminal.send("ls east1\r")
        try terminal.expect("MANAGER(state=ONLINE)")
        #expect(!terminal.screen.text.contains("NO MANAGER"))
    }

    @Test func `a command that reads goes on at another manager when its own is lost`() throws {
        let session = try TerminalSession(hosts: ["east1", "east2"])
        let terminal = try session.open()
        session.script.change {
            $0.ignored = "site.members"
            $0.counted = "site.members"
        }
        terminal.send("members\r")
        try terminal.wait("the request") { session.script.count > 0 }
        session.script.change { $0.ignored = nil }
        session.stop("east1")
        try terminal.expect("the manager of 'east1' is lost; now connected to that of 'east2'")
        // The script's answer to what it does not know.
        try terminal.expect("ERROR: it is")
        #expect(session.script.count == 2)
    }

    @Test func `what may have changed something is never sent twice`() throws {
        let session = try TerminalSession(hosts: ["east1", "east2"])
        let terminal = try session.open()
        session.script.change { $0.counted = "site.switch" }
        terminal.send("switch\r")
        try terminal.expect("SELECTED SLAVE: east2@east")
        session.stop("east1")
        try terminal.expect(prose: "broke before it told the outcome")
        try terminal.expect("now connected to that of 'east2'")
        terminal.send("ls east1\r")
        try terminal.expect("MANAGER(state=ONLINE)")
        #expect(session.script.count == 1)
    }
}

extension String {
    fileprivate func components(of text: String) -> [Substring] {
        split(separator: text, omittingEmptySubsequences: false)
    }
}
