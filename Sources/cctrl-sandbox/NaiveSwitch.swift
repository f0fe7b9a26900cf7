import ClusterModel
import Manager
import ManagerIO
import SandboxKit
import SiteConfiguration
import Synchronization

/// The switch that a script does: close the old primary, wait, repoint, open, route.
///
/// Nobody is held, nothing is frozen. The reference for what the product's own switch saves its clients. The role goes to and fro between two hosts; at
/// the end it is where it was, as the site's records say.
final class NaiveSwitch: Sendable {
    private let site: SiteEntry
    private let configuration: ClusterConfiguration
    private let sandbox: Sandbox
    private let servers: [HostName: MariaDBServer]
    private let routers: [HAProxyRouter]
    private let first: HostName
    private let primary: Mutex<HostName>
    private let hasBegun = Mutex(false)

    init(_ site: SiteEntry, _ configuration: ClusterConfiguration, _ sandbox: Sandbox) async throws {
        self.site = site
        self.configuration = configuration
        self.sandbox = sandbox
        var servers: [HostName: MariaDBServer] = [:]
        for host in site.hosts {
            servers[host] = try MariaDBServer(host, asSeenFrom: host, in: configuration, site)
        }
        self.servers = servers
        routers = site.routers.map { host in
            HAProxyRouter(socket: HostPaths(host: host, in: configuration).routerSocket, host: host)
        }
        var open: [HostName] = []
        for host in site.hosts {
            let report = await servers[host]?.observe()
            if report?.state == .online, report?.readOnly == false { open.append(host) }
        }
        guard open.count == 1 else {
            throw SandboxError("the site '\(site.name)' has no single server that takes writes: cctrl -e ls")
        }
        first = open[0]
        primary = Mutex(open[0])
    }

    /// Kills the site's managers, which would put everything back, and ends what the primary reads from other sites.
    func begin() async throws {
        hasBegun.withLock { $0 = true }
        try await sandbox.besideTasks { [site] sandbox in
            for host in site.hosts { try sandbox.control(.kill, Place("\(host)/manager")) }
        }
        for link in try await server(first).observe().links where !link.isLocal {
            try await server(first).stopLink(link.name)
            try await server(first).removeLink(link.name)
        }
    }

    /// Moves the role once.
    func run() async throws -> SwitchWindow {
        let start = ContinuousClock.now
        try await move()
        return SwitchWindow(start: start, end: .now)
    }

    /// Puts the role back where it was, and lets managers take over again.
    func end() async throws {
        guard
            hasBegun.withLock({ begun in
                defer { begun = false }
                return begun
            })
        else { return }
        if primary.withLock({ $0 }) != first { try await move() }
        try await sandbox.besideTasks { [site] sandbox in
            for host in site.hosts { try sandbox.control(.start, Place("\(host)/manager")) }
            try sandbox.awaitWhole(site)
        }
    }

    private func move() async throws {
        let old = primary.withLock { $0 }
        guard let new = site.hosts.first(where: { $0 != old && (old == first || $0 == first) }) else {
            return
        }
        let others = site.hosts.filter { $0 != old && $0 != new }
        try await server(old).setReadOnly(true)
        let position = try await server(old).logged()
        guard try await server(new).awaitExecuted(position, limit: .seconds(60)) else {
            throw SandboxError("'\(new)' did not execute everything of '\(old)' within 60 s")
        }
        try await server(new).stopLink("")
        try await server(new).removeLink("")
        for other in others {
            try await server(other).stopLink("")
            try await follow(new, with: other, demote: false)
        }
        try await server(old).setSemiSync(false)
        try await server(old).setReceipts(true)
        try await follow(new, with: old, demote: true)
        try await server(new).setSemiSync(true)
        try await server(new).setReadOnly(false)
        for router in routers {
            try await router.apply([
                .use(new, .write), .leave(old, .write), .use(old, .read), .leave(new, .read),
            ])
        }
        primary.withLock { $0 = new }
    }

    private func follow(_ source: HostName, with replica: HostName, demote: Bool) async throws {
        try await server(replica).changeSource(
            link: "", to: source, address: configuration.address(of: source), demote: demote)
        try await server(replica).startLink("")
    }

    private func server(_ host: HostName) throws -> MariaDBServer {
        guard let server = servers[host] else { throw SandboxError("there is no host '\(host)'") }
        return server
    }
}
