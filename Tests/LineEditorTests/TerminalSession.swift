import ClientHarness
import ServerHarness

/// The built `cctrl` with a manager that plays a script, and a home of its own.
struct TerminalSession {
    let home: TemporaryDirectory
    private let certificates: TestCertificates
    private let manager: ScriptedManager

    init() throws {
        certificates = try TestCertificates(host: "east1", address: "127.0.0.1")
        manager = try ScriptedManager(.init(certificates)) { line, id in Self.answer(line, id) }
        home = try TemporaryDirectory()
        try home.write(
            """
            [defaults]
            user=tungsten
            install-directory=/nonexistent
            manager-port=\(manager.port)
            host-addresses=east1:127.0.0.1,west1:127.93.0.1
            replication-user=tungsten
            replication-password=secret
            application-user=app_user
            application-password=secret
            [east]
            topology=clustered
            connectors=east1
            master=east1
            members=east1
            [west]
            topology=clustered
            connectors=west1
            master=west1
            members=west1

            """, to: "tungsten.ini")
    }

    /// Requests of one connection are numbered from 1, as the lines that bring them.
    private static func answer(_ line: String, _ id: Int) -> ScriptedManager.Answer {
        if line.contains("session.hello") { return .lines([Wire.welcome()]) }
        if line.contains("site.status") { return .lines([Wire.status(id: id)]) }
        if line.contains("policy.set") {
            return .lines([Wire.outcome(id: id, "policy mode is now MAINTENANCE")])
        }
        if line.contains("datasource.change") {
            return .lines([Wire.outcome(id: id, "DataSource 'east1' set to SHUNNED")])
        }
        // A switch begins and does not end; a recovery ends the connection.
        if line.contains("site.switch") {
            return .lines([Wire.progress(id: id, "SELECTED SLAVE: east2@east")])
        }
        if line.contains("site.recover") { return .close }
        return .lines([Wire.refusal(id: id)])
    }

    var environment: [String] {
        [
            "CCTRL_CONFIG=\(home.file("tungsten.ini"))", "CCTRL_HOST=east1",
            "CCTRL_CA=\(certificates.authority)",
            "CCTRL_CERT=\(certificates.path("operator"))", "CCTRL_KEY=\(certificates.key("operator"))",
            "HOME=\(home.path)", "TZ=UTC",
        ]
    }

    /// At a terminal, up to the first prompt.
    func open(_ arguments: [String] = []) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal(Built.cctrl, arguments, environment: environment)
        try terminal.expect("east: session established")
        try terminal.expect(" > ")
        return terminal
    }

    /// Runs a shell command in which `cctrl` is the built program.
    func shell(_ command: String) throws -> Spawn.Result {
        let text = "cctrl() { '\(Built.cctrl)' \"$@\"; }; \(command)"
        return try Spawn.run("/bin/sh", ["-c", text], environment: environment)
    }
}
