import AdminProtocol
import ClusterModel
import Planning
import Synchronization
import WorkLoop

extension Agent {
    /// One file for what each action does, so that a reader finds it.
    func carryOut(_ action: HostAction) async throws(Refusal) -> AgentReply {
        switch action {
        case .report:
            return AgentReply(report: await observe())
        case .logged:
            return AgentReply(position: try await server.logged())
        case .stopLinks:
            // Nobody waits for this yet, and another site may have sent much.
            for link in try await serving().links {
                try await settler.quiet(link, limit: .seconds(15))
            }
        case .startLinks:
            for link in try await serving().links { try await settler.startAnew(link.name) }
        case .stopReceiving:
            for link in try await serving().links { try await stopReceiving(link) }
            return AgentReply(report: try await standing())
        case .awaitPosition(let position, let milliseconds):
            guard try await server.awaitExecuted(position, limit: .milliseconds(milliseconds)) else {
                throw Refusal(.timedOut, "\(host) did not execute \(position) within \(milliseconds) ms")
            }
        case .freeze(let limit, let milliseconds):
            try await server.freeze(limit: .milliseconds(limit), expiry: .milliseconds(milliseconds))
            return AgentReply(position: try await server.logged())
        case .thaw:
            try await server.thaw()
        case .close:
            try await server.setReadOnly(true)
            state.withLock { state in
                state.isClosed = true
                state.isOpen = false
                state.closedUnder = board.snapshot.records.primary
            }
            return AgentReply(position: try await server.logged())
        case .fence:
            return AgentReply(lines: [try await fence(within: .seconds(1))])
        case .open(let jump):
            guard permit.isValid else {
                throw Refusal(
                    .noQuorum, "'\(host)' does not hold the writer's lease; its server stays closed",
                    hint: "cluster validate")
            }
            try await open { () async throws(Refusal) in
                // While it is read-only, and before commits wait for receipts: no replica follows yet.
                if jump { try await server.skipAhead(by: Self.jump) }
                try await settler.open(waits: board.snapshot.waitsForReceipts)
            } where: {
                permit.isValid
            }
        case .fetch(let source, let address, let position, let milliseconds):
            try await fetch(
                from: source, address: address, position: position, limit: .milliseconds(milliseconds))
        case .settle(let goal):
            let done = try await settler.settle(goal)
            return AgentReply(lines: try await done + settleEvents(goal))
        case .hold(let milliseconds):
            try await router.hold(.milliseconds(milliseconds))
        case .release:
            return AgentReply(count: try await router.release())
        case .drain(let host, let next, let own, let milliseconds):
            let left = try await drain(host, own: own, limit: .milliseconds(milliseconds))
            // Those who wait find the next primary when they are let through; sessions that run stay for now.
            try await router.apply([.use(next, .write), .drain(host, .write)])
            return AgentReply(count: left)
        case .leave(let host):
            // A drain has turned away from it before, and has counted them.
            try await router.apply([.cut(host, .write)])
        case .prepareFreeze:
            try await server.prepareFreeze()
        case .beginLogFile(let bytes):
            try await server.beginLogFile(beyond: bytes)
        case .route(let goal):
            return AgentReply(count: try await route(goal))
        case .turnAway(let goal, let milliseconds):
            try await router.hold(.milliseconds(milliseconds))
            return AgentReply(count: try await route(goal))
        case .admit(let goal):
            // Those who wait are let through whatever the rest says: a router that is led nowhere refuses them.
            do throws(Refusal) {
                _ = try await route(goal)
            } catch {
                _ = try? await router.release()
                throw error
            }
            return AgentReply(count: try await router.release())
        case .service(let component, let verb):
            return AgentReply(lines: try await services.run(component, verb))
        case .heartbeat:
            try await server.heartbeat()
            return AgentReply(position: try await server.logged())
        case .endTransactions(let limit, let cut):
            return try await endTransactions(limit: .milliseconds(limit), cut: cut)
        case .endWaiting:
            return AgentReply(count: try await endWaiting())
        case .events:
            var reply = AgentReply()
            reply.events = try await server.events()
            return reply
        case .setEvents(let changes):
            try await setEvents(changes)
        case .blockers:
            return AgentReply(lines: try await server.blockers())
        case .sessions:
            return AgentReply(sessions: try await server.sessions())
        case .cutSessions(let host):
            try await router.apply([.leave(host, .write), .leave(host, .read)])
        }
        return AgentReply()
    }

    /// What the server says now: a look that came to nothing leaves what was seen before, which is no answer.
    private func serving() async throws(Refusal) -> ServerReport {
        let seen = await server.observe()
        guard seen.state == .online else {
            throw Refusal(
                .serverError,
                "the server of '\(host)' is \(seen.state.rawValue): \(seen.problem ?? "no answer")")
        }
        return seen
    }

    /// What the server says now, in the newest report: the rest of that takes no time of a failover.
    private func standing() async throws(Refusal) -> HostReport {
        let seen = try await serving()
        var report = if let lastReport { lastReport } else { await observe() }
        report.server.logged = seen.logged
        report.server.executed = seen.executed
        report.server.history = seen.history
        report.server.links = seen.links
        report.server.state = seen.state
        report.server.readOnly = seen.readOnly
        return report
    }

    /// Lets a connection receive no more.
    ///
    /// One that only tries to connect receives nothing, and ends when its attempt does, which may take seconds where
    /// the source is cut off: nobody waits for that.
    private func stopReceiving(_ link: LinkReport) async throws(Refusal) {
        let limit = link.receiving ? Duration.seconds(10) : .milliseconds(300)
        do throws(Refusal) {
            try await server.stopReceiving(link.name, limit: limit)
        } catch {
            guard !link.receiving, error.code == .timedOut else { throw error }
        }
    }

    /// Waits until no session of the write port is on `host` but `own`, and has not been for four looks: a connection
    /// between its acceptance and the choice of a server is not counted yet.
    ///
    /// Sessions that stay are not waited for: who connects for every write waits meanwhile.
    /// - Returns: sessions that are left.
    private func drain(_ host: HostName, own: Int, limit: Duration) async throws(Refusal) -> Int {
        let deadline = ContinuousClock.now + limit
        var looks = 0
        var left = try await router.writeSessions(on: host)
        while looks < (left <= own ? 4 : 12), ContinuousClock.now < deadline {
            do {
                try await Task.sleep(for: .microseconds(1500), clock: .loop)
            } catch {
                throw Refusal(.failed, "the wait for open sessions was cancelled")
            }
            let now = try await router.writeSessions(on: host)
            looks = now < left ? 0 : looks + 1
            left = now
        }
        return left
    }

    /// - Returns: sessions that were cut.
    private func route(_ goal: RouterGoal) async throws(Refusal) -> Int {
        let report = await router.observe()
        guard report.state != .stopped else {
            throw Refusal(.hostUnreachable, "the router of \(host) does not run")
        }
        // What it has is not known then, and nothing of it would be taken away.
        guard report.state == .online || report.state == .offline else {
            throw Refusal(.timedOut, "the router of \(host) does not answer")
        }
        let changes = RouterSettler.changes(from: report, to: goal)
        var cut = 0
        for change in changes {
            if case .leave(let host, .write) = change { cut += try await router.writeSessions(on: host) }
        }
        try await router.apply(changes)
        return cut
    }
}

extension HostAction {
    /// Whether the action, where it belongs to no operation, would disturb one that is at work.
    var waitsForRest: Bool {
        switch self {
        case .heartbeat, .cutSessions, .startLinks: true
        default: false
        }
    }

    /// Whether the action changes the server or the router.
    var changes: Bool {
        switch self {
        case .report, .logged, .awaitPosition, .blockers, .sessions, .events, .service(_, .status): false
        case .endTransactions(_, let cut): cut
        default: true
        }
    }
}
