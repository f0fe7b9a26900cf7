import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

/// Events of the scheduler run where the primary is, and nowhere else.
extension Agent {
    /// Looks at the server's events, for the next report.
    package func lookAtEvents() async {
        guard lastReport?.server.state == .online else { return }
        do throws(Refusal) {
            let seen = try await server.events()
            state.withLock { $0.events = seen }
        } catch {
            // Whatever keeps the server from answering is told by its own report.
            log.debug("the events of the server are not known", metadata: ["why": "\(error)"])
        }
    }

    /// Brings the events to what the server is to be; asks the server what there is.
    /// - Returns: what was changed, a sentence each.
    func settleEvents(_ goal: ServerGoal) async throws(Refusal) -> [String] {
        let changes = goal.changes(of: try await server.events())
        try await setEvents(changes)
        return changes.map { "the event \($0.event) \($0.runs ? "runs" : "rests")" }
    }

    /// The same in the course of things: only where the last look has seen something to do.
    func keepEvents(_ goal: ServerGoal) async {
        guard let seen = state.withLock({ $0.events }), !goal.changes(of: seen).isEmpty else { return }
        do throws(Refusal) {
            let done = try await settleEvents(goal)
            log.notice("events settled", metadata: ["done": "\(done.joined(separator: "; "))"])
            state.withLock { $0.eventComplaint = "" }
        } catch {
            let text = "\(error)"
            let isNew = state.withLock { state in
                defer { state.eventComplaint = text }
                return state.eventComplaint != text
            }
            if isNew { log.warning("the events could not be settled", metadata: ["why": "\(error)"]) }
        }
    }

    /// All of them are tried; the first that could not be changed is told.
    func setEvents(_ changes: [EventChange]) async throws(Refusal) {
        var first: Refusal?
        for change in changes {
            do throws(Refusal) {
                try await server.set(change)
            } catch {
                first = first ?? error
            }
        }
        if !changes.isEmpty { await lookAtEvents() }
        if let first { throw first }
    }

    /// Ends the sessions whose statements wait for a freeze, and waits until they are gone: whoever has admin rights
    /// would write as soon as it ends, read-only or not.
    func endWaiting() async throws(Refusal) -> Int {
        var ended = 0
        for _ in 1...20 {
            let count = try await server.endWaiting()
            guard count > 0 else { return ended }
            ended = max(ended, count)
            try? await Task.sleep(for: .milliseconds(10))
        }
        throw Refusal(.timedOut, "sessions that wait for the freeze of '\(host)' do not end")
    }
}
