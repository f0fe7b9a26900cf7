import AdminProtocol
import ClusterModel
import Manager
import MariaDBClient
import SiteConfiguration
import Synchronization

/// Who is connected, and what a restored server must be told.
extension MariaDBServer {
    package func sessions() async throws(Refusal) -> [ClientSession] {
        try await query(Statements.sessions(except: configuration.replicationUser), on: facts).map { row in
            ClientSession(
                id: row.integer("id") ?? 0, user: row["user"] ?? "", host: row["host"] ?? "",
                database: row["db"] ?? "", command: row["command"] ?? "",
                seconds: row["seconds"].flatMap { Double($0) } ?? 0,
                statement: Self.onOneLine(row["statement"] ?? ""))
        }
    }

    package func openTransactions() async throws(Refusal) -> [OpenTransaction] {
        let text = Statements.openTransactions(except: configuration.replicationUser)
        return try await query(text, on: facts).map { row in
            // A transaction is known by its number, a statement outside of one by its own.
            let identity =
                row["trx"].map { "\($0) \(row["started"] ?? "")" } ?? "statement \(row["number"] ?? "")"
            let statement = Self.onOneLine(row["statement"] ?? "")
            let isRunning = row["command"] == "Query" && !statement.isEmpty
            let seconds = row["seconds"] ?? "?"
            let age = row["age"].map { ", in a transaction for \($0) s" } ?? ""
            return OpenTransaction(
                session: row.integer("id") ?? 0, identity: identity, isRunning: isRunning,
                text: "session \(row["id"] ?? "?") of \(row["user"] ?? "?")@\(row["host"] ?? "?")\(age)"
                    + (isRunning ? ", running for \(seconds) s: \(statement)" : ", idle for \(seconds) s"))
        }
    }

    package func endSession(_ id: Int) async throws(Refusal) {
        do throws(MariaDBError) {
            _ = try await attempt(Statements.end(session: id), on: control, .seconds(5))
        } catch  where error.code == .noSuchThread {
            return
        } catch {
            throw refusal(error)
        }
    }

    /// At most 80 characters, blanks and line ends as one blank.
    private static func onOneLine(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > 80 ? words.prefix(77) + "..." : words
    }

    package func adopt(_ position: GTIDPosition, past: GTIDHistory) async throws(Refusal) {
        // Own former transactions that come back are skipped in silence otherwise.
        try await query(Statements.strict)
        try await query(Statements.receipts(true))
        if try await query(Statements.history, on: facts).first?["history"]?.isEmpty == false {
            try await query(Statements.beginLogAnew, deadline: .seconds(60))
        }
        try await query(Statements.past("\(past)"), deadline: .seconds(10))
        try await gate.setting { () async throws(Refusal) in
            _ = try await query(Statements.executed("\(position)"), deadline: .seconds(10))
        }
    }

    package func place() async throws(Refusal) -> (data: String, logIndex: String) {
        guard let row = try await query(Statements.place, on: facts).first, var data = row["datadir"],
            let log = row["log"], !log.isEmpty
        else { throw Refusal(.serverError, "the server of '\(host)' did not tell where its files are") }
        while data.count > 1, data.hasSuffix("/") { data.removeLast() }
        return (data, log.hasPrefix("/") ? log : "\(data)/\(log)")
    }

    package func hasToldNothing(since time: Int64) async throws(Refusal) -> Bool {
        let counts = try await receiptCounts(on: facts)
        guard let with = counts.with, let seconds = counts.seconds else {
            throw Refusal(.serverError, "the server of '\(host)' did not tell its receipts")
        }
        let began = WallTime.now.milliseconds / 1000 - Int64(seconds)
        return with > 0 && began < time && watch.withLock { $0.isSilent(since: time) }
    }

    struct ReceiptCounts {
        var with: Int?
        var without: Int?
        var seconds: Int?
        /// Whether commits wait for receipts.
        var waits = false
    }

    func receiptCounts(
        on session: MariaDBSession, _ limit: Duration = .seconds(2)
    ) async throws(Refusal) -> ReceiptCounts {
        var counts = ReceiptCounts()
        for row in try await query(Statements.receiptCounts, on: session, deadline: limit) {
            let number = row[1].flatMap { Int($0) }
            switch row[0] {
            case "Rpl_semi_sync_master_yes_tx": counts.with = number
            case "Rpl_semi_sync_master_no_tx": counts.without = number
            case "Rpl_semi_sync_master_status": counts.waits = row[1] == "ON"
            case "Uptime_since_flush_status": counts.seconds = number
            default: break
            }
        }
        return counts
    }

    package func dataDirectory() async throws(Refusal) -> String {
        guard var path = try await query(Statements.dataDirectory, on: facts).first?["datadir"] else {
            throw Refusal(.serverError, "the server of '\(host)' did not tell its data directory")
        }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    package func appliers() async throws(Refusal) -> [String] {
        try await query(Statements.appliers, on: facts, deadline: .seconds(2)).compactMap { $0["doing"] }
    }

    package func blockers() async throws(Refusal) -> [String] {
        let busy = try await query(Statements.blockers, on: facts).map { row in
            "session \(row["id"] ?? "?") of \(row["user"] ?? "?")@\(row["host"] ?? "?"), \(row["seconds"] ?? "?") s,"
                + " \(row["started"].map { "in a transaction since \($0)" } ?? "no transaction"):"
                + " \(row["statement"] ?? "")"
        }
        guard busy.isEmpty else { return busy }
        let idle = try await query(Statements.idleSessions(except: configuration.replicationUser), on: facts)
            .map { "\($0["id"] ?? "?") of \($0["user"] ?? "?")@\($0["host"] ?? "?")" }
        guard !idle.isEmpty else { return [] }
        let names = idle.joined(separator: ", ")
        return ["no statement runs; LOCK TABLES of an idle session may hold it: session \(names)"]
    }
}
