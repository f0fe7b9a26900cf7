import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

/// Closing this host's server where it must not take writes (design, safety rule 1).
extension Agent {
    /// Fences what takes writes without the writer's lease; called several times a second.
    ///
    /// It takes no turn: whatever else acts here must not keep it waiting.
    package func keepFenced() async {
        guard permit.mustFence else { return state.withLock { $0.isFailsafe = false } }
        let isNew = state.withLock { state in
            defer { state.isFailsafe = true }
            return !state.isFailsafe
        }
        if isNew {
            log.error(
                "FAILSAFE: no majority of the site confirms this host's lease: its router and its server are closed"
            )
        }
        // Side by side: the server must not wait for the router.
        async let closed: Void = closeRouter()
        await closeServer()
        await closed
    }

    private func closeServer() async {
        var isOpen = state.withLock { $0.isOpen } || lastReport?.server.readOnly == false
        if !isOpen { isOpen = await mayBeOpen() }
        guard isOpen else { return }
        do throws(Refusal) {
            let what = try await fence(within: permit.timeLeft)
            log.error("the server is fenced", metadata: ["how": "\(what)"])
        } catch {
            complain("the server could not be fenced", error)
        }
    }

    /// A server that this manager has never been able to ask may be the primary that an earlier one opened.
    private func mayBeOpen() async -> Bool {
        guard lastReport?.server.state == .unknown, case .running = await process.condition() else {
            return false
        }
        return !board.isLoaded || board.snapshot.primary == host
    }

    /// Makes the server take no writes and ends its clients' sessions; a server that does not let itself be closed in
    /// time is killed.
    ///
    /// It ends what it has begun, whatever becomes of who asked for it.
    /// - Returns: what was done, for people.
    func fence(within limit: Duration) async throws(Refusal) -> String {
        try await regardless { [self] () async throws(Refusal) in try await fenceNow(within: limit) }
    }

    private func fenceNow(within limit: Duration) async throws(Refusal) -> String {
        let primary = board.snapshot.records.primary
        state.withLock { $0.fences.begin() }
        defer { state.withLock { $0.fences.end() } }
        do throws(Refusal) {
            // A stopped process answers no statement, and would take writes again when it goes on.
            guard await process.condition() != .stopped else { throw Refusal(.timedOut, "it is stopped") }
            // A session that is cut while it waits for room leaves half a transaction in the log, which no replica could
            // read; a crash takes it back.
            guard !hasFullDisk else { throw Refusal(.timedOut, "its disk is full") }
            let cut = try await server.fence(limit: limit)
            state.withLock { state in
                state.isOpen = false
                // It runs on and loses nothing: while nobody else was promoted it may be opened again at once.
                state.isClosed = true
                state.closedUnder = primary
            }
            _ = await observe()
            return "read-only, \(cut) sessions cut"
        } catch {
            guard await process.condition() != .gone else {
                state.withLock { $0.isOpen = false }
                return "it does not run"
            }
            log.error("the server could not be closed by statements", metadata: ["why": "\(error)"])
            try await process.kill()
            state.withLock { $0.isOpen = false }
            _ = await observe()
            startAgain()
            return "its process was killed: \(error.message)"
        }
    }

    /// Has `body` open the server, and do nothing else; a fence that comes meanwhile comes last all the same.
    ///
    /// A fence takes no turn, and its statement may be executed before the one that opens: that may have been executed
    /// too where its answer is missing.
    /// - Parameters:
    ///   - since: fences when it was decided to open; nil where that is now.
    ///   - isRight: asked when the server is open.
    /// - Throws: also where the server was closed again.
    func open(
        since: FenceCount? = nil, _ body: () async throws(Refusal) -> Void, where isRight: () -> Bool
    ) async throws(Refusal) {
        let before = try state.withLock { state throws(Refusal) in
            let before = since ?? state.fences
            guard !state.fences.hasRun(since: before) else {
                throw Refusal(.wrongState, "'\(host)' was closed meanwhile", hint: "why \(host)")
            }
            state.isOpen = true
            return before
        }
        var failure: Refusal?
        do throws(Refusal) { try await body() } catch { failure = error }
        let isFenced = state.withLock { state in
            if failure == nil { state.isClosed = false }
            return state.fences.hasRun(since: before)
        }
        guard isFenced || !isRight() else {
            if let failure { throw failure }
            return
        }
        let what = try await fence(within: .seconds(2))
        throw Refusal(
            .wrongState, "'\(host)' was to be closed while it was opened: \(what)", hint: "why \(host)")
    }

    /// Starts the server that was killed here: it comes up read-only, and is judged as any that returns.
    private func startAgain() {
        Task { [self] in
            // A disk that has just filled is known a look later: the first start may have come too early.
            for _ in 1...5 {
                // Without room it would not come up.
                while hasFullDisk { try? await Task.sleep(for: .seconds(1), clock: .loop) }
                do throws(Refusal) {
                    _ = try await services.run("mysql", .start)
                    return log.notice("the server that was killed is started again")
                } catch {
                    log.warning("the server that was killed does not start", metadata: ["why": "\(error)"])
                }
                try? await Task.sleep(for: .seconds(2), clock: .loop)
            }
        }
    }

    /// As this host has seen it last.
    var hasFullDisk: Bool {
        guard var report = lastReport else { return false }
        report.condition = state.withLock { $0.condition }
        return report.fullServerDisk != nil
    }

    private func closeRouter() async {
        guard board.shape.routers.contains(host), let report = lastReport?.router else { return }
        let goal = RouterGoal(accepts: .offline, write: nil, read: [])
        let changes = RouterSettler.changes(from: report, to: goal)
        guard !changes.isEmpty else { return }
        do {
            try await router.apply(changes)
            _ = await observe()
        } catch {
            complain("the router could not be closed", error)
        }
    }

    /// Asks the server for signs of life until cancelled, and tells at once when there are none.
    package func watchServer() async {
        var liveness = Liveness()
        var wasAlive = true
        while !Task.isCancelled {
            let asked = ContinuousClock.now
            let sign = await server.lifeSign(deadline: .milliseconds(300))
            let isAlive = sign == .alive
            // Where nothing listens nobody looks for a process: the news would wait for a disk.
            let condition = isAlive ? nil : sign == .refused ? .gone : await process.condition()
            let hung = liveness.judge(condition, asked: asked, at: .now)
            let before = state.withLock { state in
                defer { state.hung = hung }
                return state.hung
            }
            // News: it went away, came back, or hangs. A process that is stopped would keep who asks it for seconds.
            let isNews = isAlive != wasAlive && condition != .stopped
            if isNews || (hung == nil) != (before == nil) { _ = await observe() }
            if condition != .stopped { wasAlive = isAlive }
            let pause = Duration.milliseconds(100)
            let slept = ContinuousClock.now
            if isAlive {
                // A server that dies is noticed at once; the next look says whether it was that.
                _ = await server.awaitEnd(limit: pause)
            } else {
                try? await Task.sleep(for: pause, clock: .loop)
            }
            // A manager that was frozen itself knows nothing of the time between.
            if slept.duration(to: .now) > pause + .seconds(2) { liveness = Liveness() }
        }
    }
}
