import ClusterModel
import Glibc
import HAProxyClient
import ServerHarness
import SiteConfiguration

/// A router as a host of the cluster has it, before two servers that only greet.
final class TestRouter: Sendable {
    let directory: TemporaryDirectory
    let address: String
    let writePort: Int
    let socket: RuntimeSocket
    private let servers: [BannerServer]

    init(address: String) async throws {
        self.address = address
        directory = try TemporaryDirectory()
        let serverPort = try freePort(on: address)
        writePort = try freePort(on: address)
        let neighbour = address + "9"
        servers = [
            try BannerServer(address: address, port: serverPort, text: "db1"),
            try BannerServer(address: neighbour, port: serverPort, text: "db2"),
        ]
        guard let db1 = HostName("db1"), let db2 = HostName("db2") else { throw HarnessError("names") }
        let configuration = RouterConfiguration(
            address: address, writePort: writePort, readPort: try freePort(on: address),
            servers: [
                .init(host: db1, address: address, port: serverPort),
                .init(host: db2, address: neighbour, port: serverPort),
            ],
            socket: directory.file("sock"), pidFile: directory.file("pid"),
            holdScript: directory.file("hold.lua"))
        try directory.write(HoldScript.text(gate: directory.file("gate.sock")), to: "hold.lua")
        try directory.write(configuration.text, to: "haproxy.cfg")
        socket = RuntimeSocket(path: directory.file("sock"))
    }

    /// Where the manager's gate for held connections is.
    var gatePath: String { directory.file("gate.sock") }
    var socketPath: String { directory.file("sock") }

    /// Starts HAProxy and waits until it answers.
    func start() async throws -> ServerProcess {
        let process = try ServerProcess(
            ["haproxy", "-db", "-f", directory.file("haproxy.cfg")], log: directory.file("log"))
        try await eventually("the router answers") {
            do throws(RouterError) {
                return try await socket.statistics(deadline: .seconds(5)).pid == process.pid
            } catch {
                return false
            }
        }
        return process
    }

    /// Who greets a new client of the write port; empty where the router closes the connection.
    func greeting() async throws -> String {
        let client = try TCPClient(address: address, port: writePort)
        return String(decoding: try await client.read(), as: UTF8.self).replacing("\n", with: "")
    }
}
