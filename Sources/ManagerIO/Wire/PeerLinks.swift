import AdminProtocol
import ClusterModel
import Glibc
import Manager
import MariaDBClient
import NIOCore
import NIOPosix
import SiteConfiguration

/// The other hosts of the cluster as the engine wants them: a kept connection to each manager.
package final class PeerLinks: Peers {
    private let own: HostName
    private let configuration: ClusterConfiguration
    private let links: [HostName: PeerConnection]

    package init(own: HostName, in configuration: ClusterConfiguration) {
        self.own = own
        self.configuration = configuration
        let paths = HostPaths(host: own, in: configuration)
        let certificates = WireCertificates(
            authority: paths.authority, certificate: paths.certificate, key: paths.key)
        var links: [HostName: PeerConnection] = [:]
        for host in configuration.sites.flatMap(\.hosts) where host != own {
            links[host] = PeerConnection(
                PeerTarget(
                    host: host, address: configuration.address(of: host), port: configuration.ports.manager,
                    certificates: certificates))
        }
        self.links = links
    }

    package func call<Call: AdminCall>(
        _ call: Call, on host: HostName, for caller: String?, deadline: Duration,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Call.Reply {
        guard let link = links[host] else {
            throw Refusal(.hostUnreachable, "'\(host)' is not another host of this cluster")
        }
        return try await link.call(call, for: caller, deadline: deadline, progress: progress)
    }

    package func ping(_ host: HostName) async -> Double? {
        let began = ContinuousClock.now
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(2))
                .connect(host: address(of: host), port: managerPort()).get()
            channel.close(promise: nil)
        } catch {
            // A refused connection is an answer of the host.
            guard Self.isRefused(error) else { return nil }
        }
        return began.duration(to: .now).inMilliseconds
    }

    private static func isRefused(_ error: any Error) -> Bool {
        if let error = error as? NIOConnectionError {
            return error.connectionErrors.contains { ($0.error as? IOError)?.errnoCode == ECONNREFUSED }
        }
        return (error as? IOError)?.errnoCode == ECONNREFUSED
    }

    package func fence(_ host: HostName) async -> FenceResult {
        guard let site = configuration.site(of: host) else { return .unknown("it is not configured") }
        do {
            let server = try MariaDBServer(host, asSeenFrom: own, in: configuration, site)
            let report = await server.observe()
            if report.state == .stopped { return .dead }
            try await server.setReadOnly(true)
            _ = try await server.cutClients()
            return .fenced
        } catch {
            return .unknown("\(error)")
        }
    }

    package func address(of host: HostName) -> String { configuration.address(of: host) }

    package func managerPort() -> Int { configuration.ports.manager }

    /// Ends all connections.
    package func close() async {
        for link in links.values { await link.close() }
    }
}
