import AdminProtocol
import ClusterModel
import Glibc
import Manager
import MariaDBClient
import NIOCore
import NIOPosix
import SiteConfiguration
import WorkLoop

/// The other hosts of the cluster as the engine wants them: a kept connection to each manager.
package final class PeerLinks: Peers {
    private let own: HostName
    private let configuration: ClusterConfiguration
    private let links: [HostName: PeerConnection]
    /// Servers of the site's other hosts, as seen from here.
    private let outside: [HostName: MariaDBServer]

    package init(own: HostName, in configuration: ClusterConfiguration) throws(MariaDBError) {
        self.own = own
        self.configuration = configuration
        let paths = HostPaths(host: own, in: configuration)
        let certificates = WireCertificates(
            authority: paths.authority, certificate: paths.certificate, key: paths.key)
        var links: [HostName: PeerConnection] = [:]
        for host in configuration.hosts where host != own {
            links[host] = PeerConnection(
                PeerTarget(
                    host: host, address: configuration.address(of: host), port: configuration.ports.manager,
                    certificates: certificates))
        }
        self.links = links
        var outside: [HostName: MariaDBServer] = [:]
        if let site = configuration.site(of: own) {
            for host in site.hosts where host != own {
                outside[host] = try MariaDBServer(host, asSeenFrom: own, in: configuration, site)
            }
        }
        self.outside = outside
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
        // A refused connection is an answer of the host.
        guard await connect(to: host, managerPort(), .seconds(2)) != .timeout else { return nil }
        return began.duration(to: .now).inMilliseconds
    }

    /// - Returns: `online`, `stopped` where the connection is refused, `timeout` where nothing came.
    private func connect(to host: HostName, _ port: Int, _ limit: TimeAmount) async -> ComponentState {
        do {
            let channel = try await ClientBootstrap(group: WorkLoop.shared.group)
                .connectTimeout(limit)
                .connect(host: address(of: host), port: port).get()
            channel.close(promise: nil)
            return .online
        } catch {
            return Self.isRefused(error) ? .stopped : .timeout
        }
    }

    private static func isRefused(_ error: any Error) -> Bool {
        if let error = error as? NIOConnectionError {
            return error.connectionErrors.contains { ($0.error as? IOError)?.errnoCode == ECONNREFUSED }
        }
        return (error as? IOError)?.errnoCode == ECONNREFUSED
    }

    package func look(at host: HostName) async -> HostSight {
        let server = await isAlive(host)
        // A manager's port is asked only where that matters: each time is a connection without a greeting there.
        guard server == .stopped else { return HostSight(server: server, manager: .unknown) }
        return HostSight(
            server: server, manager: await connect(to: host, managerPort(), .milliseconds(400)))
    }

    /// By a connection that is kept; a server that accepts connections and says nothing does not count as alive.
    private func isAlive(_ host: HostName) async -> ComponentState {
        if let server = outside[host] {
            switch await server.lifeSign(deadline: .milliseconds(400)) {
            case .alive: return .online
            case .refused: return .stopped
            case .silent: break
            }
        }
        let port = configuration.ports.server
        return await connect(to: host, port, .milliseconds(400)) == .stopped ? .stopped : .timeout
    }

    package func fence(_ host: HostName) async -> FenceResult {
        guard let server = outside[host] else { return .unknown("it is not a host of this site") }
        switch await isAlive(host) {
        case .stopped: return .dead
        case .online: break
        default: return .unknown("it does not answer")
        }
        do throws(Refusal) {
            _ = try await server.fence(limit: .seconds(3))
            return .fenced
        } catch {
            return .unknown(error.message)
        }
    }

    package func address(of host: HostName) -> String { configuration.address(of: host) }

    package func managerPort() -> Int { configuration.ports.manager }

    /// Ends all connections.
    package func close() async {
        for link in links.values { await link.close() }
    }
}
