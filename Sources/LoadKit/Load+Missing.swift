import MariaDBClient

extension Load {
    /// The confirmed writes that a server does not have.
    package func missing(_ result: LoadResult, on address: String, port: Int) async throws -> [WriteName] {
        var target = target(0)
        target.endpoint = .tcp(host: address, port: port)
        let session = try MariaDBSession(target)
        let rows = try await session.query(
            "SELECT DISTINCT client, seq FROM app.cctrl_load WHERE run = \(run)", deadline: .seconds(60))
        var found: Set<WriteName> = []
        for row in rows {
            guard let client = row.integer("client"), let sequence = row.integer("seq") else { continue }
            found.insert(WriteName(client: client, sequence: sequence))
        }
        return result.confirmations.map(\.name).filter { !found.contains($0) }
    }
}
