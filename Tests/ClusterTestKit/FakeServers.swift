import AdminProtocol
import ClusterModel
import Manager
import Synchronization

/// All servers of a test, in memory: transactions move along their connections at once, and MariaDB's rules hold.
///
/// What a real server refuses is refused here; and whatever breaks the cluster's first rule, two servers of a site
/// that take writes at once, is kept in `violations`.
package final class FakeServers: Sendable {
    /// One replication connection.
    package struct Link: Sendable {
        package var source: HostName
        package var receives = false
        package var applies = false
        package var receiveError = 0
        package var applyError = 0
        /// Received, and not yet executed.
        package var relay: [GTID] = []
    }

    /// One server.
    package struct Server: Sendable {
        package var site: SiteName
        package var domain: UInt32
        package var id: UInt32
        package var isRunning = true
        /// It accepts connections and does not answer.
        package var hangs = false
        /// Why it lets nobody freeze it.
        package var refusesFreeze: ReplyCode?
        /// What its manager learns when it looks at it, though it serves.
        package var looks: ServerReport?
        /// Its manager may not end its process.
        package var isProtected = false
        package var readOnly = true
        package var semiSync = false
        package var receipts = true
        package var isFrozen = false
        package var links: [String: Link] = [:]
        /// What it has executed, by domain, in order.
        package var log: [UInt32: [GTID]] = [:]
        /// A session that keeps a freeze from being granted.
        package var blocker: String?
        package var sessions: [ClientSession] = []
        package var transactions: [OpenTransaction] = []
        package var events = EventReport()
        /// Sessions that wait for a freeze to end.
        package var waiting = 0
        /// Whether received transactions are executed; a test's way to make a replica lag.
        package var isBusy = false

        package var position: GTIDPosition { GTIDPosition(log.values.compactMap(\.last)) }
        var serves: Bool { isRunning && !hangs }
    }

    private struct State {
        var servers: [HostName: Server] = [:]
        var violations: [String] = []
        var acknowledged: [GTID] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Moments at which two servers of one site took writes.
    package var violations: [String] { state.withLock { $0.violations } }

    /// Writes that a client was told are safe.
    package var acknowledged: [GTID] { state.withLock { $0.acknowledged } }

    package subscript(_ host: HostName) -> Server? { state.withLock { $0.servers[host] } }

    package func add(_ host: HostName, _ server: Server) {
        state.withLock { $0.servers[host] = server }
    }

    /// Changes one server; then transactions move, and the rules are checked.
    @discardableResult
    package func change<Value>(
        _ host: HostName, _ body: (inout Server) throws(Refusal) -> Value
    ) throws(Refusal) -> Value {
        let result = state.withLock { state -> Result<Value, Refusal> in
            guard var server = state.servers[host] else {
                return .failure(Refusal(.serverError, "there is no server '\(host)'"))
            }
            do throws(Refusal) {
                let value = try body(&server)
                state.servers[host] = server
                Self.flow(&state.servers)
                Self.check(&state, after: host)
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// One client's transaction.
    /// - Returns: its id, once a replica has confirmed it where that is waited for.
    @discardableResult
    package func write(to host: HostName) throws(Refusal) -> GTID {
        let gtid = try change(host) { (server) throws(Refusal) -> GTID in
            guard server.serves else { throw Refusal(.serverError, "the server of '\(host)' is gone") }
            guard !server.readOnly else { throw Refusal(.serverError, "'\(host)' is read-only") }
            guard !server.isFrozen else { throw Refusal(.timedOut, "'\(host)' is frozen") }
            return server.append(1)
        }
        try confirm(gtid, on: host)
        return gtid
    }

    /// Waits for a receipt, as a commit with semi-synchronous replication does; then the write is acknowledged.
    func confirm(_ gtid: GTID, on host: HostName) throws(Refusal) {
        let isSafe = state.withLock { state in
            guard state.servers[host]?.semiSync == true else { return true }
            return Self.receivers(of: host, state.servers) > 0
        }
        guard isSafe else { throw Refusal(.timedOut, "no replica confirms \(gtid) to '\(host)'") }
        state.withLock { $0.acknowledged.append(gtid) }
    }

    func receivers(of host: HostName) -> Int { state.withLock { Self.receivers(of: host, $0.servers) } }

    /// Whether a connection stands: it is wanted, and its source serves.
    func stands(_ link: Link) -> Bool {
        state.withLock { link.receives && $0.servers[link.source]?.serves == true }
    }

    private static func receivers(of host: HostName, _ servers: [HostName: Server]) -> Int {
        servers.values.count { server in
            guard server.serves, server.receipts, let link = server.links[""] else { return false }
            return link.source == host && link.receives
        }
    }

    // MARK: replication

    private static func flow(_ servers: inout [HostName: Server]) {
        var isMoving = true
        while isMoving {
            isMoving = false
            for host in servers.keys.sorted() {
                guard var server = servers[host], server.serves else { continue }
                for name in server.links.keys.sorted() {
                    guard var link = server.links[name] else { continue }
                    let before = (link.relay.count, link.receiveError)
                    if link.receives, let source = servers[link.source], source.serves {
                        receive(&link, isLocal: name.isEmpty, server, from: source)
                    }
                    let executed = link.applies && !server.isBusy ? execute(&link, on: &server) : 0
                    server.links[name] = link
                    if executed > 0 || before != (link.relay.count, link.receiveError) { isMoving = true }
                }
                servers[host] = server
            }
        }
    }

    private static func receive(_ link: inout Link, isLocal: Bool, _ server: Server, from source: Server) {
        for (domain, theirs) in source.log {
            let last = link.relay.last { $0.domain == domain } ?? server.log[domain]?.last
            guard let last else {
                link.relay += theirs
                continue
            }
            guard let index = theirs.lastIndex(of: last) else {
                // MariaDB, error 1236: the position asked for is not in the source's log.
                if isLocal || (theirs.last?.sequence ?? 0) > last.sequence {
                    link.receives = false
                    link.receiveError = 1236
                }
                continue
            }
            link.relay += theirs[(index + 1)...]
        }
    }

    private static func execute(_ link: inout Link, on server: inout Server) -> Int {
        let fresh = link.relay
        link.relay = []
        for gtid in fresh where server.log[gtid.domain]?.contains(gtid) != true {
            server.log[gtid.domain, default: []].append(gtid)
        }
        return fresh.count
    }

    // MARK: rules

    private static func check(_ state: inout State, after host: HostName) {
        let open = state.servers.filter { $0.value.isRunning && !$0.value.readOnly }
        for (site, hosts) in Dictionary(grouping: open.keys, by: { open[$0]?.site }) where hosts.count > 1 {
            let names = hosts.sorted().map(\.description).joined(separator: " and ")
            state.violations.append(
                "\(names) of \(site?.description ?? "?") take writes, after a change of \(host)")
        }
    }
}

extension FakeServers.Server {
    /// Logs one transaction of its own.
    package mutating func append(_ distance: UInt64) -> GTID {
        let sequence = position.sequence(of: domain) + distance
        let gtid = GTID(domain: domain, server: id, sequence: sequence)
        log[domain, default: []].append(gtid)
        return gtid
    }

    /// The server's process ends.
    package mutating func stop() {
        isRunning = false
        isFrozen = false
        hangs = false
    }

    /// Every start is the start of a replica: read-only, no connection runs.
    package mutating func start() {
        isRunning = true
        readOnly = true
        semiSync = false
        receipts = true
        for name in links.keys {
            links[name]?.receives = false
            links[name]?.applies = false
            links[name]?.relay = []
        }
    }
}
