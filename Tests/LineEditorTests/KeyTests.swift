import ClientHarness
import Glibc
import ServerHarness
import Testing

/// `?`, TAB and the keys of history.
@Suite struct KeyTests {
    private let session: TerminalSession

    init() throws { session = try TerminalSession() }

    @Test func `? lists what can come next without a Return, and the line stays`() throws {
        let terminal = try session.open()
        terminal.send("set pol?")
        try terminal.expectScreen("the list and the line") { screen in
            screen.line == "[LOGICAL] /east > set pol"
                && screen.rows.contains { $0.hasPrefix("  policy") }
        }
        terminal.send("icy ?")
        try terminal.expectScreen("the policies") { screen in
            screen.line == "[LOGICAL] /east > set policy"
                && ["automatic", "maintenance", "manual"].allSatisfy { word in
                    screen.rows.contains { $0.hasPrefix("  \(word)") }
                }
        }
        terminal.send("manu\t\r")
        try terminal.expect("policy mode is now MAINTENANCE")
    }

    @Test func `? at an empty prompt lists every command with a line about it`() throws {
        let terminal = try session.open(rows: 60)
        terminal.send("?")
        try terminal.expectScreen("the commands") { screen in
            screen.line == "[LOGICAL] /east >"
                && screen.rows.contains { $0.hasPrefix("  switch ") && $0.count > 30 }
                && screen.rows.contains { $0.hasPrefix("  watch ") }
        }
    }

    @Test func `? inside quotes is a character`() throws {
        let terminal = try session.open()
        terminal.send("ls 'what?'\r")
        try terminal.expect("'what?' is not a name")
    }

    @Test func `lists fit a terminal of 40 columns`() throws {
        let terminal = try session.open(columns: 40, rows: 60)
        terminal.send("?")
        try terminal.expectScreen("the commands") { screen in
            screen.line == "[LOGICAL] /east >" && screen.rows.contains { $0.hasPrefix("  switch ") }
        }
        // Each has one row: nothing was wrapped.
        let rows = terminal.screen.rows.drop { !$0.hasPrefix("[LOGICAL]") }.dropFirst().filter { !$0.isEmpty }
        #expect(rows.dropLast().allSatisfy { $0.hasPrefix("  ") })
    }

    @Test func `TAB completes files where one is expected`() throws {
        try session.home.write("", to: "report-of-today")
        let terminal = try session.open()
        terminal.send("ls east1 > \(session.home.path)/rep\t")
        try terminal.expectScreen("the name") { $0.text.contains("/report-of-today") }
        terminal.send("\u{3}")
        try terminal.expect("^C")
    }

    @Test func `Ctrl-R finds an earlier line`() throws {
        try session.home.write("set force true\nhelp quit\nls\n", to: ".cctrl_history")
        let terminal = try session.open()
        terminal.send("\u{12}forc")
        try terminal.expectScreen("the line that was found") { $0.text.contains("set force true") }
        terminal.send("\r")
        try terminal.expect("FORCE: true")
    }

    @Test func `history holds each line once, where it was typed last, and no secret`() throws {
        let terminal = try session.open()
        for line in ["set force true", "help quit", "set force true", "ls 'password'", " help ls"] {
            terminal.send(line + "\r")
            try terminal.expect("[LOGICAL] /east > ")
        }
        terminal.send("\u{1b}[A\u{1b}[A\u{1b}[A")
        try terminal.expectScreen("the oldest line") { $0.line == "[LOGICAL] /east > help quit" }
        // The terminal drops what is typed together with a Ctrl-C.
        terminal.send("\u{3}")
        try terminal.expect("^C")
        try terminal.expect("[LOGICAL] /east > ")
        terminal.send("\u{4}")
        try terminal.expect("Exiting...")
        let path = session.home.file(".cctrl_history")
        #expect(try !readFile(path).contains("password"))
        var facts = stat()
        #expect(stat(path, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
    }

    @Test func `keys of the user's own .editrc count, and TAB and ? stay`() throws {
        try session.home.write("bind -v\nbind ^T ed-clear-screen\nbind -s ^O 'help quit'\n", to: ".editrc")
        let terminal = try session.open()
        terminal.send("\u{f}\r")
        try terminal.expect("Leave the shell.")
        terminal.send("datas\t?")
        try terminal.expectScreen("the list") { screen in
            screen.line == "[LOGICAL] /east > datasource"
                && screen.rows.contains { $0.hasPrefix("  east1") }
        }
    }

    @Test func `~/.cctrlrc brings aliases and settings, and a wrong line is told with its number`() throws {
        try session.home.write(
            "# mine\nalias fq = help quit\nset colour never\nset events off\nbogus\n", to: ".cctrlrc")
        let terminal = try session.open()
        try terminal.expectScreen("the complaints") { screen in
            let text = screen.prose
            return text.contains(
                "WARNING: ~/.cctrlrc, line 3: there is no setting 'colour'; did you mean 'color'?")
                && text.contains("line 5: 'bogus' is neither 'alias' nor 'set'; the line is left out")
        }
        terminal.send("fq\r")
        try terminal.expect("Leave the shell.")
        terminal.send("ls east1\r")
        try terminal.expect("MANAGER(state=ONLINE)")
    }
}
