import EtcdClient
import ServerHarness

/// An etcd cluster of one test: mutual TLS, on an address of its own for each member.
final class TestEtcd: Sendable {
    let directory: TemporaryDirectory
    let certificates: [TestCertificates]
    let endpoints: [String]
    private let commands: [[String]]

    /// - Parameter addresses: one for each member.
    init(addresses: [String], options: [String] = []) throws {
        directory = try TemporaryDirectory()
        let shared = try TestCertificates(host: "etcd", addresses: addresses)
        certificates = [shared]
        let ports = try addresses.map { (client: try freePort(on: $0), peer: try freePort(on: $0)) }
        endpoints = zip(addresses, ports).map { "https://\($0):\($1.client)" }
        let peers = zip(addresses, ports).map { "https://\($0):\($1.peer)" }
        let cluster = peers.indices.map { "m\($0)=\(peers[$0])" }.joined(separator: ",")
        var commands: [[String]] = []
        for index in addresses.indices {
            var command = ["etcd", "--name", "m\(index)", "--data-dir", directory.file("m\(index)")]
            command += [
                "--listen-client-urls", endpoints[index], "--advertise-client-urls", endpoints[index],
            ]
            command += ["--listen-peer-urls", peers[index], "--initial-advertise-peer-urls", peers[index]]
            command += [
                "--initial-cluster", cluster, "--heartbeat-interval", "50", "--election-timeout", "500",
            ]
            command += ["--client-cert-auth", "--trusted-ca-file", shared.authority]
            command += ["--cert-file", shared.path("host"), "--key-file", shared.key("host")]
            // Members of a test call each other from 127.0.0.1, which is not in their certificate.
            command += ["--experimental-peer-skip-client-san-verification"]
            command += ["--peer-client-cert-auth", "--peer-trusted-ca-file", shared.authority]
            command += ["--peer-cert-file", shared.path("host"), "--peer-key-file", shared.key("host")]
            commands.append(command + ["--logger", "zap"] + options)
        }
        self.commands = commands
    }

    /// Starts one member.
    func start(_ member: Int) throws -> ServerProcess {
        try ServerProcess(commands[member], log: directory.file("m\(member).log"))
    }

    /// A client that has seen the cluster answer.
    func client(as name: String = "host", endpoints: [String]? = nil) async throws -> EtcdClient {
        let shared = certificates[0]
        let client = try EtcdClient(
            EtcdTarget(
                endpoints: endpoints ?? self.endpoints,
                tls: .init(authority: shared.authority, certificate: shared.path(name), key: shared.key(name))
            ))
        return client
    }

    /// Runs `body` with a client once the cluster answers, and shuts the client down.
    func withClient(_ body: (EtcdClient) async throws -> Void) async throws {
        let client = try await client()
        do {
            try await eventually("etcd answers") {
                do {
                    _ = try await client.get("ready")
                    return true
                } catch {
                    return false
                }
            }
            try await body(client)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}
