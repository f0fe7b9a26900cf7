import ClientHarness
import Glibc
import ServerHarness
import Synchronization

/// What the managers of a test's site say; may be changed while they run.
final class SiteScript: Sendable {
    struct State: Sendable {
        var policy = "AUTOMATIC"
        var sources = [Wire.Source()]
        /// A request whose line holds this gets no answer.
        var ignored: String?
        /// Lines that came and hold this are counted.
        var counted = "\n"
        var count = 0
    }

    private let state = Mutex(State())

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    var count: Int { state.withLock { $0.count } }

    /// Requests of one connection are numbered from 1, as the lines that bring them.
    func answer(_ line: String, _ id: Int, as host: String) -> ScriptedManager.Answer {
        let state = state.withLock { state in
            if line.contains(state.counted) { state.count += 1 }
            return state
        }
        if let ignored = state.ignored, line.contains(ignored) { return .silence }
        if line.contains("session.hello") { return .lines([Wire.welcome(host: host)]) }
        if line.contains("site.status") {
            return .lines([Wire.status(id: id, policy: state.policy, sources: state.sources)])
        }
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
}

/// The built `cctrl` with managers that play a script, and a home of its own.
struct TerminalSession {
    let home: TemporaryDirectory
    let script = SiteScript()
    private let certificates: TestCertificates
    private let port: Int

    /// - Parameter hosts: names of the hosts of the site; all have managers, at 127.0.0.1 and the next addresses.
    init(hosts: [String] = ["east1"]) throws {
        let addresses = hosts.indices.map { "127.0.0.\($0 + 1)" }
        certificates = try TestCertificates(
            host: hosts[0], addresses: addresses, aliases: Array(hosts.dropFirst()))
        let script = script
        let first = try ScriptedManager(.init(certificates)) { script.answer($0, $1, as: hosts[0]) }
        port = first.port
        managers = ManagerSet()
        managers.put(first, hosts[0])
        home = try TemporaryDirectory()
        for host in hosts.dropFirst() { try start(host, number: hosts.firstIndex(of: host) ?? 0) }
        let places = zip(hosts, addresses).map { "\($0):\($1)" }.joined(separator: ",")
        let members = hosts.joined(separator: ",")
        try home.write(
            """
            [defaults]
            user=tungsten
            install-directory=/nonexistent
            manager-port=\(port)
            host-addresses=\(places),west1:127.93.0.1
            replication-user=tungsten
            replication-password=secret
            application-user=app_user
            application-password=secret
            [east]
            topology=clustered
            connectors=\(members)
            master=\(hosts[0])
            members=\(members)
            [west]
            topology=clustered
            connectors=west1
            master=west1
            members=west1

            """, to: "tungsten.ini")
    }

    // MARK: managers

    private let managers: ManagerSet

    /// Starts the manager of a host, the first one having number 0.
    func start(_ host: String, number: Int = 0) throws {
        let script = script
        let manager = try ScriptedManager(.init(certificates), last: UInt8(number + 1), port: port) {
            script.answer($0, $1, as: host)
        }
        managers.put(manager, host)
    }

    func stop(_ host: String) { managers.take(host)?.stop() }

    private final class ManagerSet: Sendable {
        private let all = Mutex<[String: ScriptedManager]>([:])

        func put(_ manager: ScriptedManager, _ host: String) { all.withLock { $0[host] = manager } }
        func take(_ host: String) -> ScriptedManager? { all.withLock { $0.removeValue(forKey: host) } }
    }

    // MARK: programs

    var environment: [String] {
        [
            "CCTRL_CONFIG=\(home.file("tungsten.ini"))", "CCTRL_HOST=east1",
            "CCTRL_CA=\(certificates.authority)",
            "CCTRL_CERT=\(certificates.path("operator"))", "CCTRL_KEY=\(certificates.key("operator"))",
            "HOME=\(home.path)", "TZ=UTC",
        ]
    }

    /// At a terminal, up to the first prompt.
    func open(
        _ arguments: [String] = [], environment more: [String] = [], columns: UInt16 = 80, rows: UInt16 = 24
    ) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal(
            Built.cctrl, arguments, environment: environment + more, columns: columns, rows: rows)
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
