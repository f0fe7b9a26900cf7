import AdminProtocol
import ClusterModel
import EtcdClient
import Glibc
import Logging
import Manager
import MariaDBClient
import SiteConfiguration
import WorkLoop

/// Puts a manager together from its configuration.
package struct ManagerAssembly: Sendable {
    private let etcd: EtcdProcess?
    private let client: EtcdClient
    private let peers: PeerLinks
    private let runtime: ManagerRuntime
    private let service: ManagerService
    private let backups: HostBackups
    private let gate: HoldGate
    private let streams = DataStreams()
    private let settings: AdminListener.Settings
    private let log: Logger

    /// Opens nothing yet, but reads the certificates.
    /// - Throws: `Refusal` with a sentence, where a certificate or a name is not usable.
    package init(host: HostName, in configuration: ClusterConfiguration, log: Logger) throws(Refusal) {
        guard let site = configuration.site(of: host) else {
            throw Refusal(
                .badArgument, "'\(host)' is not a host of any site in \(configuration.path)",
                hint: "--host with one of: "
                    + configuration.hosts.map(\.description).joined(separator: ", "))
        }
        let paths = HostPaths(host: host, in: configuration)
        let shape = SiteShape(
            name: site.name, domain: site.domain, topology: site.topology, hosts: site.hosts,
            routers: site.routers, witnesses: site.witnesses,
            receives: site.receives, initialPrimary: site.initialPrimary,
            flappingLimit: configuration.flappingLimit)
        let board = SiteBoard(shape: shape, host: host, log: log)
        do throws(EtcdError) {
            client = try EtcdProcess.client(host: host, site: site, in: configuration)
        } catch {
            throw Refusal(
                .badCertificate, "\(error)", hint: "check security-directory in \(configuration.path)")
        }
        let store = EtcdStore(
            client: client, site: site.name, leaseSeconds: configuration.leaseSeconds)
        do throws(MariaDBError) {
            peers = try PeerLinks(own: host, in: configuration)
        } catch {
            throw Refusal(.internalError, "\(error)")
        }
        let neighbours = Neighbours(
            sites: Dictionary(
                uniqueKeysWithValues: site.receives.compactMap { name in
                    configuration.site(name).map { (name, $0.hosts) }
                }),
            domains: Dictionary(uniqueKeysWithValues: configuration.sites.map { ($0.name, $0.domain) }),
            peers: peers, log: log)
        let server: MariaDBServer
        let probeServer: MariaDBServer
        do throws(MariaDBError) {
            let gate = PositionGate()
            server = try MariaDBServer(host, asSeenFrom: host, in: configuration, site, gate: gate)
            probeServer = try MariaDBServer(host, asSeenFrom: host, in: configuration, site, gate: gate)
        } catch {
            throw Refusal(.internalError, "\(error)")
        }
        gate = HoldGate(path: paths.routerGate, log: log)
        let probe = LatencyProbe(board: board, peers: peers, server: probeServer, log: log)
        let services = ServiceCommands(host: host, in: configuration)
        let member = configuration.etcdEndpoints.isEmpty ? MemberLife() : nil
        let conditions = LocalConditions(
            server: server, paths: paths, etcd: client, member: member,
            endpoint: EtcdProcess.endpoints(host: host, site: site, in: configuration)[0])
        let agent = Agent(
            board: board, server: server, process: LocalServerProcess(of: server, file: paths.serverPID),
            conditions: conditions, permit: WriterPermit(leaseSeconds: configuration.leaseSeconds),
            router: HAProxyRouter(socket: paths.routerSocket, host: host, gate: gate), services: services,
            peers: peers,
            neighbours: neighbours, probe: probe,
            manager: ManagerReport(pid: getpid(), version: Product.version, startedAt: .now), log: log)
        backups = HostBackups(
            host: host, site: site, in: configuration, server: server, services: services, peers: peers,
            streams: streams, log: log, boundary: TestHalt.boundary(of: host))
        let membership = Membership(board: board, store: store, agent: agent, log: log)
        let coordinator = Coordinator(
            board: board, membership: membership, store: store, agent: agent, peers: peers,
            neighbours: neighbours,
            backups: backups, copies: backups,
            clientWrites: RouterWrites(site, from: host, in: configuration),
            initialPolicy: configuration.initialPolicy, gapLimit: configuration.gapLimit, log: log,
            boundary: TestHalt.boundary(of: host))
        runtime = ManagerRuntime(
            board: board, watch: BoardWatch(board: board, store: store, log: log), membership: membership,
            agent: agent, coordinator: coordinator, neighbours: neighbours, probe: probe,
            lookout: Lookout(board: board, peers: peers, store: store, log: log))
        service = ManagerService(
            board: board, agent: agent, coordinator: coordinator, membership: membership, peers: peers,
            services: services,
            sites: Dictionary(uniqueKeysWithValues: configuration.sites.map { ($0.name, $0.hosts) }),
            log: log)
        settings = AdminListener.Settings(
            address: configuration.address(of: host), port: configuration.ports.manager,
            certificates: WireCertificates(
                authority: paths.authority, certificate: paths.certificate, key: paths.key))
        if let member {
            etcd = EtcdProcess(
                host: host, site: site, in: configuration, client: client, life: member, log: log,
                standsAlone: { agent.standsAlone() })
        } else {
            etcd = nil
        }
        self.log = log
    }

    /// Listens and works until cancelled, then stops in order: no new requests, the lease given back, etcd last.
    package func run() async throws(WireError) {
        let listener: AdminListener
        do throws(WireError) {
            listener = try await listen()
        } catch {
            await shutDown()
            throw error
        }
        await gate.start()
        // Etcd is to outlive the rest, which has keys to give back.
        let member = Task.detached { [etcd] in await etcd?.run() }
        let learning = Task.detached { [backups] in await backups.learnPlace() }
        await withTaskExecutorPreference(WorkLoop.shared) { [runtime] in await runtime.run() }
        learning.cancel()
        await Task.detached { [listener] in
            await listener.stop()
            await peers.close()
            await gate.stop()
            await shutDown()
            member.cancel()
            await member.value
        }.value
    }

    /// Lets go of what `init` made, where `run` is not called.
    package func discard() async { await shutDown() }

    /// A manager that was killed a moment ago may still hold the port.
    private func listen() async throws(WireError) -> AdminListener {
        let deadline = ContinuousClock.now + .seconds(3)
        while true {
            do throws(WireError) {
                return try await AdminListener.start(settings, service: service, streams: streams, log: log)
            } catch {
                guard ContinuousClock.now < deadline, !Task.isCancelled else { throw error }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private func shutDown() async {
        do { try await client.shutdown() } catch {
            log.debug("the etcd client was not shut down cleanly", metadata: ["why": "\(error)"])
        }
    }
}
