import ClusterModel
import ClusterTestKit
import Planning

/// A site as a plan's steps change it: who takes writes, who is frozen, what has been written where, where routers send
/// their clients; and what its managers do by themselves when a plan was left in the middle.
///
/// Clients write all the time: after every single change one of those that can has written. What breaks a rule is kept
/// in `violations`.
struct ModelSite {
    struct Server: Hashable {
        var readOnly = true
        var isFrozen = false
        var source: HostName?
        /// Writes in the order of execution.
        var log: [Int]
        /// Received and not executed yet.
        var relay: [Int] = []
        /// The process is there.
        var isRunning = true
        /// No other host can reach it.
        var isCut = false
        /// Its connection to its source is down for the moment.
        var isBroken = false

        var held: [Int] { log + relay }
        var heldCount: Int { log.count + relay.count }
        fileprivate var heldLast: Int? { relay.last ?? log.last }
    }

    struct Router: Hashable {
        var target: HostName?
        var isHeld = false
        /// Servers with sessions that clients keep open.
        var sessions: Set<HostName>
    }

    var servers: [HostName: Server] = [:]
    var routers: [HostName: Router] = [:]
    /// What the site has agreed on.
    var snapshot: SiteSnapshot
    /// Writes that a client was told are safe, in this order.
    private(set) var acknowledged: [Int] = []
    var violations: [String] = []
    private var last: Int
    var generator: SeededGenerator
    /// Of a failover.
    var failover = ModelFailover()

    /// The site with its primary open and all others following it, some of them behind.
    init(_ snapshot: SiteSnapshot, using generator: SeededGenerator) {
        self.snapshot = snapshot
        self.generator = generator
        last = 5
        for host in snapshot.shape.hosts {
            var server = Server(log: Array(1...5))
            if host == snapshot.primary {
                server.readOnly = false
            } else {
                server.source = snapshot.primary
                let executed = Int.random(in: 1...5, using: &self.generator)
                server.relay = Array(server.log[executed...])
                server.log = Array(server.log[..<executed])
            }
            servers[host] = server
        }
        for router in snapshot.shape.routers {
            let target = snapshot.routerGoal(for: router).write
            routers[router] = Router(target: target, sessions: target.map { [$0] } ?? [])
        }
    }

    // MARK: steps

    /// Carries out a step.
    /// - Parameter limit: on how many hosts at most; a manager may die in the middle.
    mutating func take(_ step: PlanStep, limit: Int = .max) {
        guard limit > 0 else { return }
        switch step {
        case .quietLinks, .beginLogFile, .restEvents, .endTransactions: break
        case .attach(let replicas, let candidate, _):
            for replica in replicas.prefix(limit) {
                change(replica) { $0.execute() }
                follow(candidate, with: replica)
            }
        case .approach(let candidate, _, _), .near(let candidate, _, _), .catchUp(let candidate, _, _, _):
            change(candidate) { $0.execute() }
        case .holdRouters(let routers, _):
            for router in routers.prefix(limit) { turn(router) { $0.isHeld = true } }
        case .drainRouters(let routers, _, let next):
            for router in routers.prefix(limit) { turn(router) { $0.target = next } }
        case .freeze(let host, _, _): change(host) { $0.isFrozen = true }
        case .leave(let routers, let primary):
            for router in routers.prefix(limit) { turn(router) { $0.sessions.remove(primary) } }
        case .close(let host): change(host) { $0.readOnly = true }
        case .record(let primary, let old): record(primary, old)
        case .open(let host): change(host) { $0.readOnly = false }
        case .releaseRouters(let routers, let primary):
            for router in routers.prefix(limit) {
                lead(router, to: primary)
                turn(router) { $0.isHeld = false }
            }
        case .thaw(let host): change(host) { $0.isFrozen = false }
        case .settle(let hosts):
            // A primary is opened in a step of its own.
            for host in hosts.prefix(limit) { settle(host, mayOpen: false) }
        case .failover(let step): take(step, limit: limit)
        }
    }

    private mutating func record(_ primary: HostName, _ old: HostName) {
        snapshot.records.primary?.host = primary
        snapshot.records.dataSources[primary] = DataSourceRecord(
            role: .primary, state: .online, changedAt: WallTime(milliseconds: 9))
        snapshot.records.dataSources[old] = DataSourceRecord(
            role: .replica, state: .online, changedAt: WallTime(milliseconds: 9))
        snapshot.records.replicators[old] = nil
        snapshot.records.replicators[primary] = nil
    }

    // MARK: what happens by itself

    /// The plan's coordinator is gone: freezes and holds end, and every manager brings its host to the records, in any
    /// order.
    mutating func recover() {
        snapshot.operation = nil
        let hosts = snapshot.shape.hosts
        // Twice: a server may have to wait until another has found its place.
        for _ in 0..<2 {
            for event in (0..<(3 * hosts.count)).shuffled(using: &generator) {
                let host = hosts[event / 3]
                switch event % 3 {
                case 0: change(host) { $0.isFrozen = false }
                case 1: turn(host) { $0.isHeld = false }
                default: keep(host)
                }
            }
        }
    }

    /// What a host's manager does on its own; nothing where it does not run.
    private mutating func keep(_ host: HostName) {
        guard snapshot.reports[host] != nil else { return }
        if mayOpen(host) { settle(host, mayOpen: true) }
        guard routers[host] != nil else { return }
        lead(host, to: snapshot.routerGoal(for: host).write)
    }

    mutating func settle(_ host: HostName, mayOpen: Bool) {
        guard servers[host]?.isRunning == true else { return }
        switch snapshot.serverGoal(for: host) {
        case .primary:
            change(host) { $0.execute() }
            change(host) { $0.source = nil }
            guard mayOpen, servers[host]?.readOnly == true else { return }
            // One that is opened out of turn fetches what it lacks first.
            let others = servers.values.filter { $0.isRunning && !$0.isCut }
            let farthest = others.map(\.held).max { $0.count < $1.count } ?? []
            change(host) { if farthest.starts(with: $0.log) { $0.log = farthest } }
            change(host) { $0.readOnly = false }
        case .replica(let source, let link):
            change(host) { $0.readOnly = true }
            change(host) { $0.execute() }
            if link == .online { follow(source, with: host) } else { change(host) { $0.source = nil } }
        case .fenced:
            change(host) { $0.readOnly = true }
            change(host) { $0.source = nil }
        case nil: break
        }
    }

    mutating func lead(_ router: HostName, to target: HostName?) {
        turn(router) { router in
            router.target = target
            router.sessions = router.sessions.filter { $0 == target }
        }
    }

    mutating func follow(_ source: HostName, with host: HostName) {
        guard let theirs = servers[source]?.held, let ours = servers[host]?.log else { return }
        // MariaDB turns a replica away that asks for more than its source has (error 1236).
        if !theirs.starts(with: ours), !ours.starts(with: theirs) {
            violations.append("\(host) has \(ours) and is to follow \(source) with \(theirs)")
        }
        change(host) { server in
            server.source = source
            server.isBroken = false
        }
        publish()
    }

    // MARK: changes

    mutating func change(_ host: HostName, _ body: (inout Server) -> Void) {
        guard var server = servers[host] else { return }
        body(&server)
        servers[host] = server
        live()
    }

    mutating func turn(_ router: HostName, _ body: (inout Router) -> Void) {
        guard var state = routers[router] else { return }
        body(&state)
        routers[router] = state
        live()
    }

    /// Replication moves on, clients write, and the rules are looked at.
    private mutating func live() {
        if let router = snapshot.shape.routers.randomElement(using: &generator) { write(by: router) }
        replicate()
        guard servers.values.count(where: { !$0.readOnly }) > 1 else { return }
        let open = servers.filter { !$0.value.readOnly }.keys.sorted()
        violations.append("\(open) take writes at the same time")
    }

    private mutating func write(by router: HostName) {
        guard let state = routers[router] else { return }
        // Who has no session makes one, unless connections wait.
        if state.sessions.isEmpty, !state.isHeld, let target = state.target {
            routers[router]?.sessions = [target]
        }
        for host in (routers[router]?.sessions ?? []).sorted() {
            guard let server = servers[host], !server.readOnly, !server.isFrozen, server.isRunning,
                host == router || reach(router, host)
            else { continue }
            last += 1
            servers[host]?.log.append(last)
            // It is confirmed when another server has received it.
            var isSafe = false
            for (replica, other) in servers
            where other.source == host && receives(replica) && other.heldLast == server.log.last {
                servers[replica]?.relay.append(last)
                isSafe = true
            }
            if isSafe { acknowledged.append(last) }
            publish()
        }
    }

    private mutating func replicate() {
        for (host, server) in servers where server.isRunning {
            // Some of it is executed at once, some later.
            defer { if generator.oneIn(2) { servers[host]?.executeOne() } }
            guard receives(host), let source = server.source, let theirs = servers[source]?.log else {
                continue
            }
            let count = server.heldCount
            // What both hold is the same; `follow` and the end look at all of it.
            if theirs.count > count, count > 0, theirs[count - 1] == server.heldLast {
                servers[host]?.relay += theirs[count...]
            }
        }
    }
}

extension ModelSite.Server {
    mutating func execute() {
        log += relay
        relay = []
    }

    fileprivate mutating func executeOne() {
        guard !relay.isEmpty else { return }
        log.append(relay.removeFirst())
    }
}

extension ModelSite {
    /// What is wrong with a site that has come to rest.
    var disorder: [String] {
        var found = violations
        func expect(_ condition: Bool, _ what: @autoclosure () -> String) {
            if !condition { found.append(what()) }
        }
        let open = servers.filter { !$0.value.readOnly }.keys.sorted()
        expect(
            open == [snapshot.primary],
            "\(open) take writes, and the records name \(snapshot.primary.map(\.description) ?? "nobody")")
        expect(servers.values.allSatisfy { !$0.isFrozen }, "a server is frozen")
        guard let primary = snapshot.primary, let log = servers[primary]?.log else { return found }
        let safe = Set(acknowledged)
        expect(log.filter(safe.contains) == acknowledged, "of \(acknowledged) the primary has \(log)")
        expect(Set(log).count == log.count, "a write is there twice: \(log)")
        for (host, server) in servers where host != primary {
            expect(log.starts(with: server.held), "\(host) has \(server.held), the primary \(log)")
        }
        for (host, router) in routers where snapshot.reports[host] != nil {
            expect(!router.isHeld, "the router of \(host) holds")
            expect(
                router.target == snapshot.routerGoal(for: host).write, "the router of \(host) leads elsewhere"
            )
        }
        return found
    }
}
