import ClientHarness
import Glibc
import ServerHarness
import Testing

/// The shell and its TLS client under valgrind: no memory error, and nothing that grows.
@Suite struct MemoryTests {
    /// They are slow: `make memcheck` runs them.
    private static let isWanted = getenv("CCTRL_MEMCHECK") != nil
    private static let valgrind = ["/usr/bin/valgrind", "/usr/local/bin/valgrind"].first { (path: String) in
        access(path, X_OK) == 0
    }

    /// Valgrind's options; 99 is its own exit status, for errors.
    ///
    /// Its search for lost memory is off: Swift marks pointers in bits that valgrind does not know, and all text of
    /// the command table would count as lost. The runtime compares the padding of its own tables.
    private func options(_ session: TerminalSession) throws -> [String] {
        try session.home.write(
            """
            {
               padding-of-metadata
               Memcheck:Cond
               fun:swift_initStructMetadata
            }

            """, to: "suppressions")
        return [
            "--error-exitcode=99", "--leak-check=no", "--suppressions=\(session.home.file("suppressions"))",
            "--log-file=\(session.home.file("log"))", Built.cctrl,
        ]
    }

    /// Blocks that were in use at the end.
    private func blocks(_ session: TerminalSession) throws -> Int {
        let log = try readFile(session.home.file("log"))
        #expect(log.contains("ERROR SUMMARY: 0 errors"), "\(log)")
        let line = log.split(separator: "\n").first { $0.contains("in use at exit:") } ?? ""
        let words = line.split(separator: " ").map { $0.filter { $0 != "," } }
        return try #require(words.firstIndex(of: "blocks").flatMap { Int(words[$0 - 1]) }, "\(log)")
    }

    private func run(_ session: TerminalSession, _ commands: String, status: Int32) throws -> Int {
        let result = try Spawn.run(
            try #require(Self.valgrind), try options(session) + ["-expert", "-e", commands],
            environment: session.environment, seconds: 300)
        #expect(result.status == status, "\(result.errors)")
        return try blocks(session)
    }

    @Test(.enabled(if: isWanted, "CCTRL_MEMCHECK is not set"))
    func `commands make no memory error, and leave nothing behind`() throws {
        let session = try TerminalSession()
        let round = "ls; ls -l; set policy maintenance; help; "
        let once = try run(session, round + round, status: 0)
        let often = try run(session, String(repeating: round, count: 10), status: 0)
        // Eight rounds more: what is left behind each time would show as eight blocks or more.
        #expect(often < once + 8, "\(once) blocks, then \(often)")
        // A connection that ends in the middle.
        _ = try run(session, "ls; recover", status: 5)
    }

    @Test(.enabled(if: isWanted, "CCTRL_MEMCHECK is not set"))
    func `a session at a terminal, with keys, an event and a lost manager`() throws {
        let session = try TerminalSession(hosts: ["east1", "east2"])
        session.script.change { $0.policy = "MANUAL" }
        let terminal = try PseudoTerminal(
            try #require(Self.valgrind), try options(session), environment: session.environment)
        try terminal.expect("[LOGICAL] /east > ", seconds: 300)
        terminal.send("datas\t?")
        try terminal.expect("east1", seconds: 300)
        terminal.send("\u{3}")
        try terminal.expect("^C", seconds: 300)
        // Now it has seen how the site is.
        try terminal.expectScreen("the policy", seconds: 300) { $0.line == "MANUAL [LOGICAL] /east >" }
        session.script.change { $0.sources = [Wire.Source(state: "SHUNNED")] }
        try terminal.expect("ONLINE => SHUNNED", seconds: 300)
        session.stop("east1")
        try terminal.expect("now connected to that of 'east2'", seconds: 300)
        terminal.send("ls east1\r")
        try terminal.expect("MANAGER(state=ONLINE)", seconds: 300)
        terminal.send("quit\r")
        try terminal.expect("Exiting...", seconds: 300)
        #expect(try terminal.exitStatus(seconds: 300) == 0)
        _ = try blocks(session)
    }
}
