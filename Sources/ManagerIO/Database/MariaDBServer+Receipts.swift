import AdminProtocol
import ClusterModel
import Manager
import MariaDBClient

extension MariaDBServer {
    /// As a replica that connects: the server takes what lies before the place where it begins for received.
    ///
    /// A replica that connects by GTID says nothing of the kind, for its place is then the beginning of the file
    /// (`Start semi-sync binlog_dump to slave, pos(..., 4)` in the server's error log).
    package func confirm(_ place: LogPlace) async throws(Refusal) {
        let base = try await query(Statements.logBase, on: facts).first?["base"] ?? ""
        // Places are compared by the names of the files: one in another server's log would count as far ahead.
        guard let name = base.split(separator: "/").last, place.file.hasPrefix("\(name).") else {
            throw Refusal(
                .serverError, "'\(place.file)' is no log of '\(host)' (\(base)); nothing was confirmed")
        }
        do throws(MariaDBError) {
            let session = try MariaDBSession(target)
            defer { session.close() }
            let id = try await session.connectionID()
            try await session.follow(log: place.file, position: place.position, as: Self.nobody)
            // It counts as a replica until the server misses it.
            try await facts.execute(Statements.end(session: Int(id)))
        } catch {
            throw refusal(error)
        }
    }

    /// Above all server ids: those are the sites' domains times 100 plus a host's number.
    private static let nobody = UInt32.max - 1
}
