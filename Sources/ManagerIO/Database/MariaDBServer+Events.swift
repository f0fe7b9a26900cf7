import AdminProtocol
import ClusterModel
import Manager
import MariaDBClient
import SiteConfiguration

/// The server's event scheduler, and who waits for a freeze.
extension MariaDBServer {
    package func endWaiting() async throws(Refusal) -> Int {
        let users = [configuration.replicationUser]
        let rows = try await query(Statements.waiting(except: users), on: control)
        for row in rows {
            if let id = row.integer("id") { try await endSession(id) }
        }
        return rows.count
    }

    package func events() async throws(Refusal) -> EventReport {
        let rows = try await query(Statements.events, on: scheduling, deadline: .seconds(2))
        let own = Set(site.hosts.compactMap { site.serverID(of: $0) }.map { Int($0) })
        func names(_ status: String, _ isWanted: (MariaDBRow) -> Bool = { _ in true }) -> [EventName] {
            rows.filter { $0["status"] == status && isWanted($0) }
                .map { EventName(schema: $0["db"] ?? "", name: $0["name"] ?? "") }.sorted()
        }
        return EventReport(
            running: names("ENABLED"),
            resting: names("SLAVESIDE_DISABLED") { own.contains($0.integer("originator") ?? 0) },
            isScheduling: rows.first?["scheduler"] == "ON", isPrimary: rows.first?["read_only"] == "0")
    }

    package func set(_ change: EventChange) async throws(Refusal) {
        guard let row = try await query(Statements.event(change.event), on: scheduling).first,
            let definer = row["definer"], let client = row["client"], let collation = row["collation"]
            // It was dropped meanwhile.
        else { return }
        // A session that failed in between would go on in the event's character set.
        var isOver = false
        defer { if !isOver { scheduling.close() } }
        try await query(Statements.speakAs(client: client, collation: collation), on: scheduling)
        try await query(Statements.set(change, definer: definer), on: scheduling)
        try await query(Statements.speakAsEver, on: scheduling)
        isOver = true
    }
}
