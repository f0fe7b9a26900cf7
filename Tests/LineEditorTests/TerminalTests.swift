import ClientHarness
import Glibc
import ServerHarness
import Testing

/// `cctrl` at a terminal, key by key.
@Suite struct TerminalTests {
    private let session: TerminalSession

    init() throws { session = try TerminalSession() }

    @Test func `commands run, and Ctrl-D leaves`() throws {
        let terminal = try session.open()
        terminal.send("ls\r")
        try terminal.expect("COORDINATOR[east1:AUTOMATIC:ONLINE]")
        try terminal.expect("|STATUS [OK] [2025/01/02 03:31:31 PM UTC][SSL] ")
        try terminal.expect("[LOGICAL] /east > ")
        terminal.send("\u{4}")
        try terminal.expect("Exiting...")
        #expect(try terminal.exitStatus() == 0)
    }

    @Test func `TAB completes commands, live names and verbs`() throws {
        let terminal = try session.open()
        terminal.send("datas\tea\tsh\t\r")
        try terminal.expect("DataSource 'east1' set to SHUNNED")
        terminal.send("set policy \t\t")
        try terminal.expect("automatic    maintenance  manual")
    }

    @Test func `Ctrl-C drops a half-typed line`() throws {
        let terminal = try session.open()
        terminal.send("nonsense")
        try terminal.expect("nonsense")
        terminal.send("\u{3}")
        try terminal.expect("^C")
        terminal.send("quit\r")
        try terminal.expect("Exiting...")
        #expect(!terminal.shown.contains("not a command"))
    }

    @Test func `Ctrl-C ends the wait for an operation, and says that it goes on`() throws {
        let terminal = try session.open()
        terminal.send("switch\r")
        try terminal.expect("SELECTED SLAVE: east2@east")
        terminal.send("\u{3}")
        try terminal.expect("stopped waiting; the operation goes on")
        try terminal.expect("[LOGICAL] /east > ")
        terminal.send("ls east1\r")
        try terminal.expect("MANAGER(state=ONLINE)")
    }

    @Test func `a broken connection is told, and made again for the next command`() throws {
        let terminal = try session.open()
        terminal.send("recover\r")
        try terminal.expect(prose: "broke before it told the outcome")
        terminal.send("ls\r")
        try terminal.expect("COORDINATOR[east1:AUTOMATIC:ONLINE]")
    }

    @Test func `expert commands ask, and the mode shows in the prompt`() throws {
        let terminal = try session.open()
        terminal.send("failover\r")
        try terminal.expect("Do you want to continue? (y/n)> ")
        terminal.send("n\r")
        try terminal.expect("[LOGICAL] /east > ")
        terminal.send("expert\r")
        try terminal.expect("(y/n)> ")
        terminal.send("y\r")
        try terminal.expect("[LOGICAL:EXPERT] /east > ")
        terminal.send("failover\r")
        try terminal.expect("ERROR: it is")
        try terminal.expect("Hint: so")
    }

    @Test func `pasted lines wait for Return`() throws {
        let terminal = try session.open()
        terminal.send("\u{1b}[200~help quit\nquit\n\u{1b}[201~")
        try terminal.expect("help quit; quit")
        terminal.send("\r")
        try terminal.expect("Leave the shell.")
    }

    @Test func `letters of any alphabet can be typed and deleted`() throws {
        let terminal = try session.open()
        terminal.send("ls sö東\u{7f}der\r")
        try terminal.expect("'söder' is not a name")
    }

    @Test func `the window may change under a half-typed line`() throws {
        let terminal = try session.open()
        terminal.send("ls ea")
        try terminal.expect("ls ea")
        terminal.resize(columns: 40)
        try terminal.expect("[LOGICAL] /east > ls ea")
        terminal.send("st1\r")
        try terminal.expect("MANAGER(state=ONLINE)")
    }

    @Test func `history is kept for the next session, answers and -no-history are not`() throws {
        let first = try session.open()
        first.send("set force true\r")
        try first.expect("FORCE: true")
        first.send("expert\r")
        try first.expect("(y/n)> ")
        first.send("no way\r")
        try first.expect(" > ")
        first.send("\u{4}")
        try first.expect("Exiting...")

        let hidden = try session.open(["-no-history"])
        hidden.send("help quit\r")
        try hidden.expect("Leave the shell.")
        hidden.send("quit\r")
        try hidden.expect("Exiting...")
        #expect(try readFile(session.home.file(".cctrl_history")) == "set force true\nexpert\n")

        let second = try session.open()
        second.send("\u{1b}[A\u{1b}[A\r")
        try second.expect("FORCE: true")
    }

    @Test func `Ctrl-C ends a script with the status for an unknown outcome`() throws {
        let terminal = try PseudoTerminal(
            Built.cctrl, ["-e", "switch; ls"], environment: session.environment)
        try terminal.expect("SELECTED SLAVE: east2@east")
        terminal.send("\u{3}")
        try terminal.expect("stopped waiting; the operation goes on")
        #expect(try terminal.exitStatus() == 5)
    }
}
