import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

/// The steps of a switch that end the old primary's writes.
extension Coordinator {
    /// How long a host's answer is waited for beyond what it is asked to wait, while new connections are held.
    ///
    /// A manager that hangs must be found out before the hold ends by itself: routers have turned to the candidate, which
    /// takes no writes yet, and the way back leads them to the old primary first.
    static let whileHeld = Duration.seconds(1)

    /// - Parameters:
    ///   - limit: milliseconds that running statements have to end.
    ///   - expiry: milliseconds after which the freeze ends by itself.
    func freeze(
        _ host: HostName, limit: Int, expiry: Int, _ operation: Operation
    ) async throws(Refusal) {
        operation.canary.withLock { $0 }?.hurry()
        operation.frozenSince.withLock { $0 = .now }
        do throws(Refusal) {
            let reply = try await act(
                .freeze(limit: limit, milliseconds: expiry), on: host, operation: operation.id,
                deadline: .milliseconds(limit) + Self.whileHeld)
            operation.frozenAt.withLock { $0 = reply.position ?? GTIDPosition() }
        } catch  where error.code == .blockedBySession {
            let blockers = try? await act(
                .blockers, on: host, operation: operation.id, deadline: Self.whileHeld
            ).lines
            let blocker = blockers?.first
            let isRunning = blocker?.hasPrefix("session") ?? true
            throw Refusal(
                .blockedBySession,
                (isRunning
                    ? "a running statement on '\(host)' did not end" : "'\(host)' could not be frozen")
                    + " within \(limit) ms" + (blocker.map { ": \($0)" } ?? ""),
                hint: "wait for it, or end that session on '\(host)': KILL <its number>")
        }
    }

    /// Lets the candidate execute what the frozen primary has logged, if that takes no longer than what the freeze has
    /// left of `limit` milliseconds: nobody can write meanwhile.
    func catchUp(_ candidate: HostName, limit: Int, _ operation: Operation) async throws(Refusal) {
        let id = operation.id
        let end = operation.frozenAt.withLock { $0 }
        let spent = Int(operation.frozenSince.withLock { $0.duration(to: .now) }.inMilliseconds)
        guard spent < limit else {
            throw Refusal(
                .blockedBySession,
                "running statements kept the freeze waiting for \(spent) ms of the \(limit) that it may take until"
                    + " '\(candidate)' has executed everything", hint: Self.lateHint)
        }
        do throws(Refusal) {
            _ = try await act(
                .awaitPosition(end, milliseconds: limit - spent), on: candidate, operation: id,
                deadline: .milliseconds(limit - spent) + Self.whileHeld)
        } catch  where error.code == .timedOut {
            let server = try? await act(
                .report, on: candidate, operation: id, deadline: Self.whileHeld
            ).report?.server
            let domain = board.shape.domain
            let executed = server?.executed.sequence(of: domain) ?? 0
            let last = end.sequence(of: domain)
            throw Refusal(
                .replicaBehind,
                "'\(candidate)' did not execute what was written last within \(limit - spent) ms"
                    + (last > executed ? " (\(last - executed) transactions were left)" : ""),
                hint: Self.lateHint)
        }
    }

    /// Refuses where the gap as a whole would be longer than it may be; nobody has lost a session yet.
    func foresee(_ operation: Operation, within limit: Int) throws(Refusal) {
        let forecast = GapForecast(
            spent: operation.frozenSince.withLock { $0.duration(to: .now) }.inMilliseconds,
            routers: operation.time(of: "hold"), store: operation.journalTime,
            write: operation.canary.withLock { $0 }?.writeTime ?? 0, earlier: operation.foreseen)
        log.info(
            "the gap is foreseen", metadata: ["operation": "\(operation.id)", "forecast": "\(forecast)"])
        guard forecast.gap > Double(limit) else { return }
        operation.foresees(forecast.alone)
        func text(_ value: Double) -> String { "\(Int(value.rounded()))" }
        throw Refusal(
            .tooSlow,
            "writes would wait for \(text(forecast.gap)) ms of the \(limit) that they may: freeze and catch-up took"
                + " \(text(forecast.spent)), and by what everything takes now \(text(forecast.rest)) are to come",
            hint: Self.lateHint)
    }

    /// Ends what is left of the sessions on the old primary: routers have turned away from it before.
    func leave(
        _ routers: [HostName], _ primary: HostName, _ operation: Operation
    ) async throws(Refusal) {
        let site = board.shape.name
        operation.say("FLUSH TRANSACTIONS ON CURRENT MASTER '\(primary)@\(site)'")
        operation.say("PURGE REMAINING ACTIVE SESSIONS ON CURRENT MASTER '\(primary)@\(site)'")
        let replies = await act(
            .leave(primary), on: routers, operation: operation.id, deadline: Self.whileHeld)
        for (_, reply) in replies { _ = try reply.get() }
        let cut = operation.openSessions
        operation.cut(sessions: cut)
        operation.say("PURGED A TOTAL OF \(cut) ACTIVE SESSIONS ON MASTER '\(primary)@\(site)'")
    }

    /// Closes the old primary, and makes sure that the candidate has everything of it.
    ///
    /// A freeze that ended before the server was closed may have let transactions through; from here on there are no
    /// more, so the position is final.
    func close(_ host: HostName, candidate: HostName, _ operation: Operation) async throws(Refusal) {
        let id = operation.id
        let end =
            try await act(.close, on: host, operation: id, deadline: Self.whileHeld).position
            ?? GTIDPosition()
        let frozen = operation.frozenAt.withLock { state in
            defer { state = end }
            return state
        }
        guard !frozen.covers(end) else { return }
        log.warning("the freeze ended early", metadata: ["operation": "\(id)", "end": "\(end)"])
        _ = try await act(
            .awaitPosition(end, milliseconds: 2000), on: candidate, operation: id,
            deadline: .seconds(2) + Self.whileHeld)
    }

    /// Opens a server while clients wait, and tries again where that fails: who is let through to one that is closed is
    /// refused.
    ///
    /// What cannot be had in time its own manager does when the operation has ended, and for one that it has closed
    /// meanwhile it alone knows whether that may be opened again.
    func open(_ host: HostName, _ operation: Operation) async throws(Refusal) {
        let end = ContinuousClock.now + Self.openingLimit
        while true {
            do throws(Refusal) {
                _ = try await act(
                    .open(jump: false), on: host, operation: operation.id, deadline: Self.whileHeld)
                return
            } catch {
                guard ContinuousClock.now < end, error.code != .wrongState else { throw error }
                log.warning(
                    "a server is not open yet",
                    metadata: ["operation": "\(operation.id)", "host": "\(host)", "why": "\(error.message)"])
            }
            try? await Task.sleep(for: .milliseconds(20), clock: .loop)
        }
    }

    private static let openingLimit = Duration.milliseconds(1500)
}
