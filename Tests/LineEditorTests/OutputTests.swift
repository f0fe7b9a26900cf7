import ClientHarness
import Glibc
import ServerHarness
import Testing

/// Pager, colours and `watch`.
@Suite struct OutputTests {
    private let session: TerminalSession

    init() throws { session = try TerminalSession() }

    @Test func `output taller than the window goes through the pager, what fits does not`() throws {
        let pager = ["PAGER=sed s/^/P:/"]
        let terminal = try session.open(environment: pager)
        terminal.send("help\r")
        try terminal.expect("P:ls ")
        try terminal.expect("[LOGICAL] /east > ")
        terminal.send("help quit\r")
        try terminal.expect("Leave the shell.")
        #expect(!terminal.screen.text.contains("P:Leave"))
    }

    @Test func `a pager that ends early, is stopped by Ctrl-C, or is not there does no harm`() throws {
        let early = try session.open(environment: ["PAGER=head -n 1"])
        early.send("help\r")
        try early.expect("[LOGICAL] /east > ")
        early.send("help quit\r")
        try early.expect("Leave the shell.")

        let stopped = try session.open(environment: ["PAGER=echo here; exec sleep 1000"])
        stopped.send("help\r")
        try stopped.expect("here")
        stopped.send("\u{3}")
        try stopped.expect("[LOGICAL] /east > ")
        stopped.send("help quit\r")
        try stopped.expect("Leave the shell.")

        let missing = try session.open(environment: ["PAGER=no-such-pager"])
        missing.send("help\r")
        try missing.expect("not found")
        try missing.expect("Leave the shell")
    }

    @Test func `colours are for terminals that want them`() throws {
        let colored = try session.open(environment: ["NO_COLOR="])
        colored.send("ls east1\r")
        try colored.expect("MANAGER(state=\u{1b}[32mONLINE\u{1b}[0m)")
        for plain in [["NO_COLOR=1"], ["NO_COLOR=", "TERM=dumb"]] {
            let terminal = try session.open(environment: plain)
            terminal.send("ls east1\r")
            try terminal.expect("MANAGER(state=ONLINE)")
        }
        let piped = try session.shell("NO_COLOR= cctrl -e 'ls east1' | grep -c 'state=ONLINE)'")
        #expect(piped.output == "3\n")
    }

    @Test func `watch draws in place, sets off what has changed, and ends on any key`() throws {
        let terminal = try session.open(rows: 30)
        terminal.send("watch 1 ls east1\r")
        try terminal.expectScreen("the first look") { screen in
            screen.rows[0].hasPrefix("every 1 s, ") && screen.rows[0].hasSuffix("any key ends: ls east1")
                && screen.text.contains("MANAGER(state=ONLINE)")
        }
        #expect(!terminal.screen.text.contains("session established"))
        session.script.change { $0.sources = [Wire.Source(state: "SHUNNED")] }
        try terminal.expect("\u{1b}[7m")
        try terminal.expectScreen("the change") { $0.text.contains("|east1(master:SHUNNED, ") }
        terminal.resize(columns: 40, rows: 6)
        try terminal.expectScreen("no more than fits") { screen in
            screen.rows[0].hasPrefix("every 1 s, ") && screen.rows[3].hasPrefix("|east1(master:SHUNNED")
        }
        terminal.resize(columns: 80, rows: 30)
        terminal.send("x")
        try terminal.expectScreen("what stood there before") { screen in
            screen.line.hasSuffix("[LOGICAL] /east >") && screen.text.contains("session established")
        }
        terminal.send("help quit\r")
        try terminal.expect("Leave the shell.")
    }

    @Test func `watch outlives its manager`() throws {
        let terminal = try session.open(rows: 30)
        terminal.send("watch 1 ls east1\r")
        try terminal.expectScreen("the first look") { $0.text.contains("MANAGER(state=ONLINE)") }
        session.stop("east1")
        try terminal.expectScreen("the loss, and the last look") { screen in
            screen.text.contains("ERROR: cannot connect") && screen.text.contains("MANAGER(state=ONLINE)")
        }
        try session.start("east1")
        try terminal.expectScreen("the manager again") { screen in
            !screen.text.contains("ERROR:") && screen.text.contains("MANAGER(state=ONLINE)")
        }
        terminal.send("\u{3}")
        try terminal.expectScreen("the prompt") { $0.line.hasSuffix("[LOGICAL] /east >") }
    }

    @Test func `watch repeats nothing that changes something`() throws {
        let terminal = try session.open()
        session.script.change { $0.counted = "policy.set" }
        terminal.send("watch set policy maintenance\r")
        try terminal.expect("ERROR: 'watch' repeats only commands that read; nothing was changed")
        #expect(session.script.count == 0)
        terminal.send("watch nonsense\r")
        try terminal.expect("'nonsense' is not a command")
        let script = try session.shell("cctrl -e 'watch ls'")
        #expect(script.status == 2 && script.errors.hasPrefix("ERROR: 'watch' needs a terminal"))
    }
}
