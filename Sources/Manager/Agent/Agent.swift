import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

/// The hands of a manager on its own host: looks at server and router, keeps them at what the records want, and
/// carries out the coordinator's actions.
package final class Agent: Sendable {
    struct State {
        var last: HostReport?
        /// While an operation acts here, the agent changes nothing by itself.
        var held: Hold?
        var newestEpoch: Int64 = 0
        var lastComplaint = ""
        /// Since when the primary waits to be opened.
        var readOnlySince: ContinuousClock.Instant?
        /// An operation or a fence has closed the server, and it has not been opened or seen gone since.
        var isClosed = false
        /// What the site had agreed on when a fence closed it.
        var closedUnder: PrimaryRecord?
        var fences = FenceCount()
        /// This agent has opened the server; a report may not have it yet.
        var isOpen = false
        /// Why the server is taken for hung.
        var hung: String?
        /// A person has said that no other host of the site goes on.
        var standsAlone = false
        /// Router and server are closed for want of a majority.
        var isFailsafe = false
        /// Since when commits wait for receipts.
        var stall = ReceiptStall()
        /// Since when nothing is executed that was received.
        var standstill = Standstill()
        /// As last seen by `lookAtEvents`.
        var events: EventReport?
        var eventComplaint = ""
        /// As last seen by `lookAround`.
        var condition: HostCondition?
        /// The journal's newest entry, and since when it is that.
        var newest: String?
        var quietSince = ContinuousClock.now
        /// The certificate and the authority that the server was last told to use.
        var taken: [CertificateReport] = []
    }

    /// An operation that acts on this host.
    ///
    /// It is over when its key is gone, or when nothing came of it for a while.
    struct Hold {
        var operation: String
        var until: ContinuousClock.Instant
        /// Whether the coordinator has not asked for a report since.
        var isQuiet: Bool
    }

    package let host: HostName
    let board: SiteBoard
    let server: any ServerControl
    let router: any RouterControl
    let services: any ServiceRunner
    let peers: any Peers
    let neighbours: Neighbours
    let settler: ServerSettler
    let process: any ServerProcess
    private let conditions: any HostConditions
    /// Until when the server may take writes.
    package let permit: WriterPermit
    private let probe: LatencyProbe
    private let manager: ManagerReport
    let log: Logger
    /// One change of the server or the router at a time.
    let turn = Turn()
    let state = Mutex(State())
    /// Rung at each new report.
    let news = Bell()

    package init(
        board: SiteBoard, server: any ServerControl, process: any ServerProcess,
        conditions: any HostConditions, permit: WriterPermit, router: any RouterControl,
        services: any ServiceRunner, peers: any Peers, neighbours: Neighbours,
        probe: LatencyProbe, manager: ManagerReport, log: Logger
    ) {
        self.host = board.host
        self.board = board
        self.server = server
        self.process = process
        self.conditions = conditions
        self.permit = permit
        self.router = router
        self.services = services
        self.peers = peers
        self.neighbours = neighbours
        self.probe = probe
        self.manager = manager
        self.log = log
        settler = ServerSettler(
            server: server, peers: peers, neighbours: neighbours, log: log,
            isSilent: { board.snapshot.sights[$0]?.isSilent ?? false },
            serves: { host in
                let snapshot = board.snapshot
                return snapshot.reports[host]?.server.state == .online
                    || snapshot.sights[host]?.server == .online
            })
    }

    /// Nobody else needs to be asked from now on what the site has written.
    package func standsAlone() { state.withLock { $0.standsAlone = true } }

    // MARK: looking

    /// The newest report; nil before the first look.
    package var lastReport: HostReport? { state.withLock { $0.last } }

    /// Looks at server and router now.
    package func observe() async -> HostReport {
        async let seenRouter = router.observe()
        let before = lastReport?.server
        var seen = await look(before)
        if seen.state != .online, let before {
            // A server that is gone keeps what was last known of it: its positions and links are history now.
            seen.logged = before.logged
            seen.executed = before.executed
            // By them a failover knows whether a replica that does not answer can have confirmed anything.
            seen.semiSyncReplicas = before.semiSyncReplicas
            seen.latency = before.latency
            // One that cannot be asked may well take writes, as before.
            if seen.state == .unknown { seen.readOnly = before.readOnly }
        } else if host != board.snapshot.primary {
            seen.latency = probe.latency
        }
        if seen.state == .online, seen.opened != true, let before {
            // Who followed it before it was started anew still counts, until it is opened again.
            seen.semiSyncReplicas = max(seen.semiSyncReplicas, before.semiSyncReplicas)
        }
        seen.events = state.withLock { $0.events }
        seen.standstill = await standstill(of: seen)
        let isSame =
            before.map { $0.state == seen.state && $0.links.map(\.state) == seen.links.map(\.state) } ?? false
        seen.changedAt = isSame ? before?.changedAt ?? .now : .now
        let report = HostReport(
            host: host, manager: manager, server: seen, router: await seenRouter,
            condition: state.withLock { $0.condition }, observedAt: .now)
        state.withLock { state in
            state.last = report
            if seen.state != .online {
                state.isClosed = false
                // One that hangs may go on, and then takes writes as before.
                if seen.hung == nil { state.isOpen = false }
            }
        }
        news.ring()
        if before?.state != seen.state {
            log.notice(
                "server state",
                metadata: ["state": "\(seen.state.rawValue)", "problem": "\(seen.problem ?? "")"])
        }
        return report
    }

    /// Looks at the server, as far as that makes sense.
    ///
    /// One that is slow stays what it was, and is not known where nothing was: whether it hangs is judged by `Liveness`
    /// alone, and a look that came to nothing fails no server.
    private func look(_ before: ServerReport?) async -> ServerReport {
        if let report = hungReport(before) { return report }
        let seen = await server.observe()
        guard seen.state == .timeout else { return seen }
        // That may have been found out while it was asked.
        if let report = hungReport(before) { return report }
        if let before, before.state == .online { return before }
        return ServerReport(state: .unknown, problem: seen.problem)
    }

    private func hungReport(_ before: ServerReport?) -> ServerReport? {
        guard let hung = state.withLock({ $0.hung }) else { return nil }
        var report = ServerReport(state: .timeout, problem: hung)
        report.hung = hung
        report.readOnly = before?.readOnly ?? true
        return report
    }

    /// Looks at what server and manager stand on, which may take a moment where a disk or a process hangs; the next
    /// report has it.
    package func lookAround() async {
        let seen = await conditions.observe()
        state.withLock { $0.condition = seen }
        await takeUp(Array(seen.certificates.prefix(2)))
        await handLeadership()
    }

    /// Whether other managers take this one's word: with a certificate that has expired nobody does, and a coordinator
    /// like that would reach no host.
    package var isBelieved: Bool {
        let now = WallTime.now
        return state.withLock { $0.condition }?.certificates.prefix(2).allSatisfy {
            $0.end.map { $0 > now } ?? true
        } ?? true
    }

    /// After an operation etcd keeps its leader for so long: the next may follow at once, and what is proposed to a leader
    /// that hands its role on is dropped.
    private static let quiet = Duration.seconds(3)

    /// Has another host's member lead etcd where this host is the primary.
    ///
    /// A host that is cut off would else take both with it: leases then last for an election longer, and the failover
    /// waits for them.
    private func handLeadership() async {
        let heirs = board.snapshot.heirs(of: host)
        guard board.isLoaded, board.hasQuorum, !heirs.isEmpty else { return }
        let newest = board.journal.newest?.id
        let isQuiet = state.withLock { state in
            if state.newest != newest {
                state.newest = newest
                state.quietSince = .now
            }
            return state.quietSince.duration(to: .now) >= Self.quiet
        }
        guard isQuiet else { return }
        do throws(Refusal) {
            guard let heir = try await conditions.handLeadership(to: heirs) else { return }
            log.info("etcd's leader is moved away from the primary", metadata: ["to": "\(heir)"])
        } catch {
            complain("etcd is led by the primary's host", error)
        }
    }

    /// Tells the server of certificates that were renewed; never of one that would not be accepted.
    private func takeUp(_ files: [CertificateReport]) async {
        let now = WallTime.now
        guard lastReport?.server.state == .online, files != state.withLock({ $0.taken }), !files.isEmpty,
            files.allSatisfy({ $0.end.map { $0 > now } ?? false })
        else { return }
        do throws(Refusal) {
            try await server.renewTLS()
            state.withLock { $0.taken = files }
            log.info("the server has read its certificate", metadata: ["path": "\(files[0].path)"])
        } catch {
            complain("the server cannot use its certificate files", error)
        }
    }

    // MARK: keeping

    /// Brings server and router to what the records want, unless an operation is at work.
    package func reconcile() async {
        let snapshot = board.snapshot
        guard !isHeld, board.isLoaded, board.hasQuorum, snapshot.operation == nil else { return }
        await turn.take {
            // An operation may have begun while another change had its turn.
            guard !isHeld, board.snapshot.operation == nil else { return }
            await reconcileRouter(snapshot)
            await reconcileServer(snapshot)
        }
    }

    /// What an operation changes here is news to nobody: who runs it knows, and asks for a report before it ends.
    var isQuiet: Bool { isHeld && state.withLock { $0.held?.isQuiet ?? false } }

    var isHeld: Bool {
        state.withLock { state in
            guard let hold = state.held else { return false }
            // A key that is missing says nothing: it may not have come here yet.
            let isOver = ContinuousClock.now > hold.until || board.hasEnded(hold.operation)
            if isOver { state.held = nil }
            return !isOver
        }
    }

    private func reconcileRouter(_ snapshot: SiteSnapshot) async {
        guard let report = lastReport, snapshot.shape.routers.contains(host) else { return }
        let changes = RouterSettler.changes(from: report.router, to: snapshot.routerGoal(for: host))
        guard !changes.isEmpty else { return }
        do {
            try await router.apply(changes)
            log.notice(
                "router changed",
                metadata: ["changes": "\(changes.map(\.description).joined(separator: ", "))"])
            _ = await observe()
        } catch {
            complain("the router could not be changed", error)
        }
    }

    private func reconcileServer(_ snapshot: SiteSnapshot) async {
        guard let report = lastReport, report.server.state == .online,
            let goal = snapshot.serverGoal(for: host)
        else { return }
        do {
            var done: [String] = []
            if case .primary = goal, report.server.readOnly {
                done += try await settleClosed(goal, report.server, snapshot)
            } else {
                state.withLock { $0.readOnlySince = nil }
                if case .fenced = goal, !report.server.readOnly {
                    done.append(try await fence(within: .seconds(2)))
                    guard lastReport?.server.state == .online else { return }
                }
                done += try await settler.settle(goal)
            }
            await keepEvents(goal)
            state.withLock { $0.lastComplaint = "" }
            if !done.isEmpty {
                log.notice("server settled", metadata: ["done": "\(done.joined(separator: "; "))"])
                _ = await observe()
            }
        } catch {
            complain("the server could not be settled", error)
        }
    }

    /// Opens the primary when it has all that was ever confirmed.
    ///
    /// Reading that back takes a while, in which others may fail over: whatever has fenced it meanwhile comes last.
    private func settleClosed(
        _ goal: ServerGoal, _ seen: ServerReport, _ snapshot: SiteSnapshot
    ) async throws(Refusal) -> [String] {
        let primary = snapshot.records.primary
        let fences = state.withLock { $0.fences }
        var jump = false
        guard permit.isValid else { return [] }
        if !mayReopen(seen, snapshot) {
            guard let isFar = try await complete(seen, snapshot) else { return [] }
            jump = isFar
        }
        guard permit.isValid, mayOpen(as: primary) else { return [] }
        return try await settler.settle(goal) { [self] waits async throws(Refusal) in
            guard permit.isValid, mayOpen(as: primary) else {
                throw Refusal(.wrongState, "'\(host)' stays closed: another may take its place", hint: "ls")
            }
            try await open(since: fences) { () async throws(Refusal) in
                if jump { try await server.skipAhead(by: Self.jump) }
                try await settler.open(waits: waits)
            } where: {
                permit.isValid && board.snapshot.records.primary == primary
            }
        }
    }

    /// Whether nobody is about to promote another: reading back what is missing here takes a while.
    private func mayOpen(as primary: PrimaryRecord?) -> Bool {
        let now = board.snapshot
        return !isHeld && now.operation == nil && now.records.primary == primary
    }

    /// Whether the server may be opened without asking what others hold.
    ///
    /// A switch or a fence closed it, it runs on since, and nobody was promoted meanwhile: it has lost nothing. A start
    /// would have made it forget that it was opened.
    private func mayReopen(_ server: ServerReport, _ snapshot: SiteSnapshot) -> Bool {
        state.withLock { state in
            guard state.isClosed, server.opened == true else { return false }
            return state.closedUnder == snapshot.records.primary
        }
    }

    /// Logs a failure once, until it changes or is over.
    func complain(_ what: String, _ error: Refusal) {
        let text = "\(what): \(error)"
        let isNew = state.withLock { state in
            defer { state.lastComplaint = text }
            return state.lastComplaint != text
        }
        if isNew { log.warning("\(text)") }
    }
}
