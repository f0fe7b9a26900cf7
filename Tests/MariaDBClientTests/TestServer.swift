import Glibc
import MariaDBClient
import ServerHarness

/// A MariaDB server of one test, with TLS, on an address and port of its own.
final class TestServer: Sendable {
    let directory: TemporaryDirectory
    let certificates: TestCertificates
    let address: String
    /// It listens here too, and its certificate does not say so.
    let otherAddress: String
    let port: Int
    let process: ServerProcess

    static let password = "it's \"secret\"\\"

    init(address: String, options: [String] = []) async throws {
        self.address = address
        otherAddress = address + "9"
        directory = try TemporaryDirectory()
        certificates = try TestCertificates(host: "db1", address: address)
        port = try freePort(on: address)
        let asRoot = getuid() == 0 ? ["--user=root"] : []
        let data = directory.file("data")
        // A starting server removes every server's temporary tables from a shared directory.
        try directory.makeDirectory("tmp")
        let temporary = "--tmpdir=\(directory.file("tmp"))"
        try await runProgram(
            [
                "mariadb-install-db", "--no-defaults", "--datadir=\(data)", "--skip-test-db",
                "--skip-name-resolve",
                "--auth-root-authentication-method=normal", "--innodb-log-file-size=8M",
                temporary,
            ] + asRoot, in: directory)
        process = try ServerProcess(
            [
                "mariadbd", "--no-defaults", "--datadir=\(data)", "--socket=\(directory.file("sock"))",
                "--bind-address=\(address),\(otherAddress)", "--port=\(port)",
                "--pid-file=\(directory.file("pid"))",
                "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=16M", "--skip-name-resolve",
                "--ssl-ca=\(certificates.authority)", "--ssl-cert=\(certificates.path("host"))",
                "--ssl-key=\(certificates.key("host"))", "--performance-schema=OFF", temporary,
            ] + options + asRoot, log: directory.file("server.log"))
        let root = try MariaDBSession(
            MariaDBTarget(endpoint: .socket(directory.file("sock")), user: "root", password: ""))
        try await eventually("the server answers") { await root.isAlive() }
        let password = SQLText.quoted(Self.password)
        try await root.query(
            "CREATE USER app@'%' IDENTIFIED BY \(password) REQUIRE SSL", deadline: .seconds(30))
        try await root.query("GRANT ALL ON app.* TO app@'%'", deadline: .seconds(30))
        try await root.query("GRANT CONNECTION ADMIN, PROCESS ON *.* TO app@'%'", deadline: .seconds(30))
        try await root.query("CREATE DATABASE app", deadline: .seconds(30))
    }

    /// The application's account over TCP with TLS.
    var target: MariaDBTarget {
        MariaDBTarget(
            endpoint: .tcp(host: address, port: port), user: "app", password: Self.password,
            tls: .init(authority: certificates.authority), schema: "app")
    }

    /// The administrator's account over the socket.
    var administrator: MariaDBTarget {
        MariaDBTarget(endpoint: .socket(directory.file("sock")), user: "root", password: "")
    }

    func session() throws -> MariaDBSession { try MariaDBSession(target) }
}
