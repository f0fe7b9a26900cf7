import AdminProtocol
import ClusterModel
import Manager
import MariaDBClient
import SiteConfiguration

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

    /// At most 80 characters, blanks and line ends as one blank.
    private static func onOneLine(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > 80 ? words.prefix(77) + "..." : words
    }

    package func setExecuted(_ position: GTIDPosition) async throws(Refusal) {
        try await gate.setting { () async throws(Refusal) in
            _ = try await query(Statements.executed("\(position)"), deadline: .seconds(10))
        }
    }

    package func dataDirectory() async throws(Refusal) -> String {
        guard var path = try await query(Statements.dataDirectory, on: facts).first?["datadir"] else {
            throw Refusal(.serverError, "the server of '\(host)' did not tell its data directory")
        }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
