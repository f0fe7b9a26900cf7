import AdminProtocol
import ClusterModel
import Logging
import Manager
import Planning

/// One host of a test's site: a whole manager, with fakes at its ports.
package struct TestHost: Sendable {
    package var name: HostName
    package var board: SiteBoard
    package var agent: Agent
    package var router: FakeRouter
    package var service: ManagerService
    package var coordinator: Coordinator
    package var copies: FakeCopies
    package var conditions: FakeConditions
    var runtime: ManagerRuntime
}

/// A site whose managers run in this process, over servers, routers and an etcd in memory.
package final class TestSite: Sendable {
    package let shape: SiteShape
    package let servers: FakeServers
    package let diary: Diary
    package let network: FakeNetwork
    package let etcd: FakeEtcd
    package let hosts: [TestHost]

    /// - Parameters:
    ///   - domains: the GTID domains of other sites.
    ///   - others: the other sites whose writes come here, with their hosts.
    init(
        _ shape: SiteShape, servers: FakeServers, diary: Diary, network: FakeNetwork,
        others: [SiteName: [HostName]] = [:], domains: [SiteName: UInt32] = [:], policy: Policy = .automatic
    ) {
        self.shape = shape
        self.servers = servers
        self.diary = diary
        self.network = network
        let etcd = FakeEtcd()
        self.etcd = etcd
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        hosts = shape.hosts.map { host in
            let board = SiteBoard(shape: shape, host: host, log: log)
            let peers = FakePeers(host, network)
            let store = FakeStore(host, etcd, diary)
            let neighbours = Neighbours(sites: others, domains: domains, peers: peers, log: log)
            let server = FakeServer(host, servers, diary)
            // Its waits are no effects of an operation.
            let quiet = FakeServer(host, servers, Diary())
            let probe = LatencyProbe(board: board, peers: peers, server: quiet, log: log)
            let router = FakeRouter(host, diary)
            let services = FakeServices(host, servers, router, diary)
            let conditions = FakeConditions()
            let agent = Agent(
                board: board, server: server, process: FakeProcess(host, servers),
                conditions: conditions, permit: WriterPermit(leaseSeconds: 4), router: router,
                services: services, peers: peers,
                neighbours: neighbours, probe: probe,
                manager: ManagerReport(pid: 1, version: "0.1.0", startedAt: .now), log: log)
            let membership = Membership(board: board, store: store, agent: agent, log: log)
            let copies = FakeCopies(host, servers, diary)
            let coordinator = Coordinator(
                board: board, membership: membership, store: store, agent: agent, peers: peers,
                neighbours: neighbours, backups: FakeBackups(host, shape.name, diary),
                copies: copies, initialPolicy: policy, log: log)
            let service = ManagerService(
                board: board, agent: agent, coordinator: coordinator, membership: membership, peers: peers,
                services: services, sites: [shape.name: shape.hosts], log: log)
            network.connect(host, service)
            return TestHost(
                name: host, board: board, agent: agent, router: router, service: service,
                coordinator: coordinator, copies: copies, conditions: conditions,
                runtime: ManagerRuntime(
                    board: board, watch: BoardWatch(board: board, store: store, log: log),
                    membership: membership,
                    agent: agent, coordinator: coordinator, neighbours: neighbours, probe: probe,
                    lookout: Lookout(board: board, peers: peers, store: store, log: log)))
        }
    }

    package subscript(_ name: HostName) -> TestHost {
        guard let host = hosts.first(where: { $0.name == name }) else {
            preconditionFailure("the site has no host '\(name)'")
        }
        return host
    }
}

extension TestSite {
    /// Runs `body` while the managers of a fresh site run; it starts when everything is in its place.
    ///
    /// - Throws: what `body` throws, and where two servers took writes at once.
    package static func with(
        hosts: Int = 3, policy: Policy = .automatic,
        _ body: @escaping @Sendable (TestSite) async throws -> Void
    ) async throws {
        let servers = FakeServers()
        let diary = Diary()
        let shape = SiteShape.east(hosts: hosts)
        for (index, host) in shape.hosts.enumerated() {
            var server = FakeServers.Server(site: shape.name, domain: shape.domain, id: UInt32(11 + index))
            server.log[shape.domain] = (1...5).map { GTID(domain: shape.domain, server: 11, sequence: $0) }
            servers.add(host, server)
        }
        let site = TestSite(
            shape, servers: servers, diary: diary, network: FakeNetwork(servers, diary), policy: policy)
        try await site.run(body)
        guard servers.violations.isEmpty else {
            throw TestSiteFailure(
                "two servers took writes at once: \(servers.violations.joined(separator: "; "))")
        }
    }

    func run(_ body: @escaping @Sendable (TestSite) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for host in hosts { group.addTask { await host.runtime.run() } }
            defer { group.cancelAll() }
            try await settles(on: shape.initialPrimary)
            diary.forget()
            try await body(self)
        }
    }

    /// Whether `primary` takes writes, all others follow it, all routers send writes there, and every manager sees
    /// it so.
    package func isInOrder(primary: HostName) -> Bool { disorder(primary: primary).isEmpty }

    /// Waits until the site is in order with `primary`.
    package func settles(on primary: HostName) async throws {
        do {
            try await eventually("\(primary) is the primary of a site in order") {
                self.isInOrder(primary: primary)
            }
        } catch {
            throw TestSiteFailure("\(error); but: \(disorder(primary: primary).joined(separator: "; "))")
        }
    }

    /// What is not as it should be when `primary` is the primary.
    func disorder(primary: HostName) -> [String] {
        var found: [String] = []
        func expect(_ condition: Bool, _ what: String) {
            if !condition { found.append(what) }
        }
        guard let server = servers[primary] else { return ["there is no server '\(primary)'"] }
        expect(server.isRunning && !server.readOnly && !server.isFrozen, "the primary takes no writes")
        expect(server.semiSync, "the primary waits for no receipts")
        expect(server.links[""] == nil, "the primary follows somebody")
        for host in hosts {
            let snapshot = host.board.snapshot
            let router = host.router.state
            let agreed = etcd.value(.coordinator).map { String(decoding: $0, as: UTF8.self) }
            expect(
                agreed != nil && snapshot.coordinator?.description == agreed,
                "\(host.name) does not know the coordinator")
            expect(snapshot.operation == nil, "\(host.name) sees an operation")
            expect(snapshot.primary == primary, "\(host.name) takes another for the primary")
            expect(snapshot.reports.count == shape.hosts.count, "\(host.name) misses reports")
            expect(router.writesTo == [primary], "the router of \(host.name) writes to \(router.writesTo)")
            expect(router.accepts && !router.isHeld, "the router of \(host.name) lets nobody through")
            expect(snapshot.reports[primary]?.server.readOnly == false, "\(host.name) sees a closed primary")
            let report = snapshot.reports[host.name]
            expect(report?.router.writesTo == [primary], "\(host.name) sees its router write elsewhere")
            guard host.name != primary else { continue }
            let replica = servers[host.name]
            let link = replica?.links[""]
            expect(replica?.isRunning == true && replica?.readOnly == true, "\(host.name) is no replica")
            expect(link?.source == primary, "\(host.name) follows \(link?.source.description ?? "nobody")")
            expect(link?.receives == true && link?.applies == true, "\(host.name) stands still")
            let seen = report?.server.links.first
            expect(
                seen?.sourceHost == primary.description && seen?.state == .online,
                "\(host.name)'s link is not seen")
        }
        return found
    }

    /// The coordinator as the first manager sees it.
    package var coordinator: HostName? { hosts.compactMap(\.board.snapshot.coordinator).first }

    /// Asks the manager of `host` as an operator.
    package func command<Call: AdminCall>(
        _ call: Call, on host: HostName? = nil, role: AccessRole = .operator,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(Refusal) -> Call.Reply {
        let caller = Caller(name: "anna", role: role, address: "127.0.0.1:2")
        return try await ask(
            self[host ?? coordinator ?? shape.initialPrimary].service, call, as: caller, progress)
    }

    /// One client's write, by way of a router.
    package func write(by router: HostName) throws(Refusal) -> GTID {
        guard let target = self[router].router.writeTarget else {
            throw Refusal(.failed, "the router of '\(router)' sends writes nowhere")
        }
        return try servers.write(to: target)
    }

    /// Whether every write that a client was told is safe is on `host`.
    package func lost(on host: HostName) -> [GTID] {
        let log = Set(servers[host]?.log[shape.domain] ?? [])
        return servers.acknowledged.filter { !log.contains($0) }
    }
}

/// Why a test's site is not as a test wants it.
package struct TestSiteFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// Waits until `condition` holds.
/// - Throws: `TestSiteFailure` after a generous time.
package func eventually(
    _ what: String, within limit: Duration = .seconds(60), _ condition: @Sendable () async -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while await !condition() {
        guard ContinuousClock.now < deadline else { throw TestSiteFailure("not within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
