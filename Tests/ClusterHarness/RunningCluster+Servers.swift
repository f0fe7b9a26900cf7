import ClusterModel
import MariaDBClient
import ServerHarness
import SiteConfiguration
import Testing

extension RunningCluster {
    package enum Port: Sendable {
        /// The server itself.
        case server
        /// The router of the host.
        case write
        case read
    }

    /// The application's account at a port of a host.
    package func session(_ host: String, _ port: Port = .server) throws -> MariaDBSession {
        let number =
            switch port {
            case .server: configuration.ports.server
            case .write: configuration.ports.write
            case .read: configuration.ports.read
            }
        return try MariaDBSession(
            MariaDBTarget(
                endpoint: .tcp(host: try address(host), port: number), user: configuration.applicationUser,
                password: configuration.applicationPassword, schema: "app", connectTimeout: 5,
                programName: "cctrl-test"))
    }

    /// The managers' account at the server of a host.
    package func managerSession(_ host: String) throws -> MariaDBSession {
        let paths = try paths(host)
        return try MariaDBSession(
            MariaDBTarget(
                endpoint: .tcp(host: try address(host), port: configuration.ports.server),
                user: configuration.replicationUser, password: configuration.replicationPassword,
                tls: .init(authority: paths.authority, certificate: paths.certificate, key: paths.key),
                connectTimeout: 5, programName: "cctrl-test"))
    }

    /// The administrator's account at the server of a host, by its socket: it may write where others may not.
    package func administratorSession(_ host: String) throws -> MariaDBSession {
        try MariaDBSession(
            MariaDBTarget(
                endpoint: .socket(try paths(host).serverSocket), user: "root", password: "",
                connectTimeout: 5,
                programName: "cctrl-test"))
    }

    /// What the application gets from a port of a host: a line a row, tabs between values.
    package func answer(_ host: String, _ port: Port = .server, _ statement: String) async throws -> String {
        let rows = try await session(host, port).query(statement, deadline: .seconds(30))
        return rows.map { $0.values.map { $0 ?? "NULL" }.joined(separator: "\t") }.joined(separator: "\n")
    }

    /// Waits, generously, until every server answers the same, and returns what.
    @discardableResult
    package func same(_ statement: String, on hosts: [String]? = nil, seconds: Double = 40) async throws
        -> String
    {
        let end = ContinuousClock.now + .seconds(seconds)
        var last: [String: String] = [:]
        while true {
            for host in hosts ?? self.hosts() {
                do { last[host] = try await answer(host, .server, statement) } catch {
                    last[host] = "\(error)"
                }
            }
            if Set(last.values).count == 1, let value = last.values.first { return value }
            guard ContinuousClock.now < end else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("not the same within \(Int(seconds)) s: \(statement): \(last)")
        return ""
    }

    /// Hosts of a site whose servers take writes now; those that do not answer are left out.
    package func writable(_ site: String) async -> [String] {
        var found: [String] = []
        for host in hosts(of: site) where (try? await answer(host, .server, "SELECT @@read_only")) == "0" {
            found.append(host)
        }
        return found
    }

    /// Which servers answer at a router's port, over connections that are open side by side.
    package func reached(through router: String, _ port: Port, connections: Int = 6) async throws -> Set<
        String
    > {
        var sessions: [MariaDBSession] = []
        var found: Set<String> = []
        for _ in 0..<connections {
            let session = try session(router, port)
            sessions.append(session)
            let rows = try await session.query("SELECT @@report_host", deadline: .seconds(10))
            if let host = rows.first?[0] { found.insert(host) }
        }
        sessions.forEach { $0.close() }
        return found
    }

    /// Whether a new connection to a router's port is served.
    package func accepts(_ router: String, _ port: Port = .write) async -> Bool {
        (try? await answer(router, port, "SELECT 1")) == "1"
    }

    /// A row written at one place arrives at every server of another site.
    package func flows(from host: String, to site: String, _ mark: String) async throws {
        let writer = try session(host, .write)
        try await writer.execute(
            "CREATE TABLE IF NOT EXISTS app.marks (mark VARCHAR(80) PRIMARY KEY)", deadline: .seconds(20))
        try await writer.execute("INSERT INTO app.marks VALUES ('\(mark)')", deadline: .seconds(20))
        for target in hosts(of: site) {
            try await eventually("the row '\(mark)' of \(host) on \(target)") {
                (try? await answer(target, .server, "SELECT COUNT(*) FROM app.marks WHERE mark = '\(mark)'"))
                    == "1"
            }
        }
    }
}

extension RunningCluster {
    /// Every table of the application is the same on all servers.
    package func identical() async throws {
        let names = try await same(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'app' ORDER BY table_name")
        let tables = names.split(separator: "\n").map { "app.\($0)" }
        guard !tables.isEmpty else { return }
        let checksums = try await same("CHECKSUM TABLE \(tables.joined(separator: ", "))")
        if checksums.isEmpty { for table in tables { try await reportDifference(table) } }
    }

    /// Says which rows one server has and another has not, and where each stands.
    private func reportDifference(_ table: String) async throws {
        var rows: [String: Set<String>] = [:]
        for host in hosts() {
            rows[host] = Set(
                try await answer(host, .server, "SELECT * FROM \(table)").split(separator: "\n").map(
                    String.init))
        }
        let all = rows.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        for row in all.filter({ row in rows.values.contains { !$0.contains(row) } }).sorted().prefix(10) {
            let missing = rows.filter { !$0.value.contains(row) }.keys.sorted()
            Issue.record("\(table): \(row) is missing on \(missing)")
        }
        for host in hosts() {
            let position = try await answer(
                host, .server, "SELECT @@gtid_binlog_pos, @@gtid_slave_pos, @@read_only")
            Issue.record("\(host) stands at \(position)")
        }
    }
}
