import MariaDBClient

/// A statement of 30 s that changes rows on the primary, while a switch is asked for: it must be refused, and others
/// must hardly notice.
package struct LongUpdate: Sendable {
    /// Its beginning, as a refusal shows it.
    package static let text = "UPDATE app.cctrl_slow SET a = a + SLEEP(30)"

    private let target: MariaDBTarget

    /// Makes the table, through the first router of a load.
    package init(beside load: Load) async throws {
        target = load.target(0)
        let maker = try MariaDBSession(target)
        try await maker.execute(
            "CREATE TABLE IF NOT EXISTS app.cctrl_slow (a DOUBLE NOT NULL) ENGINE=InnoDB",
            deadline: .seconds(10))
        guard try await maker.query("SELECT a FROM app.cctrl_slow LIMIT 1").isEmpty else { return }
        try await maker.execute("INSERT INTO app.cctrl_slow VALUES (1)", deadline: .seconds(10))
    }

    /// Runs `body` while the statement does.
    package func during<Value>(_ body: () async throws -> Value) async throws -> Value {
        let session = try MariaDBSession(target)
        let id = try await session.connectionID()
        let look = try MariaDBSession(target)
        // It ends with an error, by the KILL below.
        let running = Task { try? await session.execute(Self.text, deadline: .seconds(60)) }
        do {
            let deadline = ContinuousClock.now + .seconds(10)
            while try await look.query(
                "SELECT id FROM information_schema.processlist WHERE id = \(id) AND info LIKE 'UPDATE%'"
            ).isEmpty {
                guard ContinuousClock.now < deadline else {
                    throw MariaDBError(.deadlinePassed, "the UPDATE does not run")
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            let value = try await body()
            try await look.execute("KILL QUERY \(id)")
            _ = await running.value
            return value
        } catch {
            running.cancel()
            throw error
        }
    }
}
