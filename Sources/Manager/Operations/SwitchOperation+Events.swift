import AdminProtocol
import ClusterModel
import Logging
import Planning

/// What runs by itself on the old primary, or with rights of its own.
extension Coordinator {
    /// Lets no event begin on the primary, after the records have told which ones do: the new primary goes on with
    /// them, and if the switch is taken back, the old one.
    func restEvents(
        on host: HostName, candidate: HostName, must: Bool, _ operation: Operation
    ) async throws(Refusal) {
        let id = operation.id
        do throws(Refusal) {
            guard let seen = try await act(.events, on: host, operation: id).events else { return }
            if let record = Rules.events(seen: seen, before: board.snapshot.records.events) {
                try await commit([try write(.events, record)], of: operation)
            }
            guard !seen.running.isEmpty else { return }
            operation.say(
                "STOP \(seen.running.count) EVENTS ON CURRENT MASTER '\(host)@\(board.shape.name)'")
            if seen.isScheduling, board.snapshot.reports[candidate]?.server.events?.isScheduling == false {
                operation.say("NOTE: event_scheduler IS OFF ON '\(candidate)': NO EVENT WILL RUN THERE")
            }
            let changes = seen.running.map { EventChange($0, runs: false) }
            _ = try await act(.setEvents(changes), on: host, operation: id)
        } catch {
            guard must else {
                log.warning("events go on", metadata: ["operation": "\(id)", "why": "\(error.message)"])
                return
            }
            throw Refusal(
                error.code, "scheduled events could not be stopped on '\(host)': \(error.message)",
                hint: "GRANT EVENT, SET USER ON *.* to the managers' account, or 'set force true' first")
        }
    }

    /// Ends the freeze of the old primary when the site has another.
    ///
    /// Routers have cut their sessions by then. What still waits came another way, and what of it has admin rights
    /// would be written here, on a server that follows another.
    func thawOld(_ host: HostName, _ operation: Operation) async throws(Refusal) -> [String] {
        let id = operation.id
        var left: [String] = []
        do throws(Refusal) {
            // No part of the receipt: a server does not notice that a router has cut the session of a statement that
            // waits, so most of these were counted there.
            let count = try await act(.endWaiting, on: host, operation: id).count ?? 0
            log.info("sessions that waited are ended", metadata: ["operation": "\(id)", "count": "\(count)"])
        } catch {
            left.append("FOLLOW-UP: datasource \(host) recover, if ls shows it as diverged: \(error.message)")
        }
        _ = try await act(.thaw, on: host, operation: id)
        return left
    }
}
