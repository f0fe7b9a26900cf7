import MariaDBClient

/// The checksums of the applications' tables on one server.
package struct TableSums: Sendable, Hashable {
    /// By table.
    package var sums: [String: String]

    /// Reads every row of every table in the database `app`, for two minutes each at most.
    package static func read(_ address: String, port: Int, user: String, password: String) async throws
        -> TableSums
    {
        let session = try MariaDBSession(
            MariaDBTarget(
                endpoint: .tcp(host: address, port: port), user: user, password: password, connectTimeout: 10,
                programName: "cctrl-compare"))
        let tables = try await session.query(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'app' ORDER BY table_name"
        ).compactMap { $0[0] }
        var sums: [String: String] = [:]
        for table in tables {
            let name = table.split(separator: "`", omittingEmptySubsequences: false).joined(separator: "``")
            let rows = try await session.query("CHECKSUM TABLE app.`\(name)`", deadline: .seconds(120))
            sums[table] = rows.first?[1] ?? "-"
        }
        return TableSums(sums: sums)
    }
}
