import MariaDBClient
import Synchronization

/// Clients that write through routers and remember every confirmation, so that nothing confirmed can get lost
/// unnoticed.
package final class Load: Sendable {
    /// The number that tells this load's rows from those of others.
    package let run: Int
    private let options: LoadOptions
    private struct State {
        var result = LoadResult()
        var last: ContinuousClock.Instant?
        var stopped: ContinuousClock.Instant?
    }
    private let state = Mutex(State())

    package init(_ options: LoadOptions) {
        self.options = options
        run = Int.random(in: 1...Int(Int32.max))
    }

    /// Makes the table that loads write to, on the primary behind a router.
    package func prepare() async throws {
        let session = try MariaDBSession(target(0))
        try await session.query(
            """
            CREATE TABLE IF NOT EXISTS app.cctrl_load (id BIGINT AUTO_INCREMENT PRIMARY KEY, run INT NOT NULL, \
            client INT NOT NULL, seq INT NOT NULL, KEY (run, client, seq)) ENGINE=InnoDB
            """,
            // Routers may still hold what a broken switch has left held: 5 s at most.
            deadline: .seconds(30))
    }

    /// Confirmed writes so far.
    package var confirmed: Int { state.withLock { $0.result.acknowledged.count } }

    /// Writes until `stop`.
    package func write() async throws -> LoadResult {
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<options.clients {
                group.addTask { try await self.runClient(client, from: began) }
            }
            try await group.waitForAll()
        }
        return state.withLock { state in
            // What had not come back by the end is a gap too.
            Self.note(gapFrom: state.last ?? began, to: state.stopped ?? .now, in: &state.result)
            state.result.seconds = Self.milliseconds(began.duration(to: .now)) / 1000
            return state.result
        }
    }

    package func stop() { state.withLock { $0.stopped = $0.stopped ?? .now } }

    private func runClient(_ client: Int, from start: ContinuousClock.Instant) async throws {
        var session: MariaDBSession?
        var sequence = 0
        var pace = options.interval.map { Pace(client: client, of: options.clients, every: $0, from: start) }
        if let pace { try await Task.sleep(until: pace.due) }
        while !state.withLock({ $0.stopped != nil }), !Task.isCancelled {
            sequence += 1
            let name = WriteName(client: client, sequence: sequence)
            do throws(MariaDBError) {
                let link: MariaDBSession
                if let session { link = session } else { link = try MariaDBSession(target(client)) }
                session = options.connectEachTime ? nil : link
                try await link.execute(
                    "INSERT INTO app.cctrl_load (run, client, seq) VALUES (\(run), \(client), \(sequence))",
                    deadline: .seconds(20))
                confirm(name)
            } catch {
                fail(name, error)
                // An application that lost its connection tries again at once, but not in a tight loop.
                try await Task.sleep(for: .milliseconds(2))
                continue
            }
            if var next = pace {
                next.advance()
                pace = next
                try await Task.sleep(until: next.due)
            } else if options.pause > .zero {
                try await Task.sleep(for: options.pause)
            }
        }
    }

    func target(_ client: Int) -> MariaDBTarget {
        MariaDBTarget(
            endpoint: .tcp(host: options.addresses[client % options.addresses.count], port: options.port),
            user: options.user, password: options.password, connectTimeout: 10, programName: "cctrl-load")
    }

    private func confirm(_ name: WriteName) {
        let now = ContinuousClock.now
        state.withLock { state in
            state.result.acknowledged.insert(name)
            state.result.confirmations.append(Confirmation(name: name, at: now))
            if let last = state.last { Self.note(gapFrom: last, to: now, in: &state.result) }
            state.last = now
        }
    }

    private static func note(
        gapFrom start: ContinuousClock.Instant, to end: ContinuousClock.Instant, in result: inout LoadResult
    ) {
        result.largestGap = max(result.largestGap, milliseconds(start.duration(to: end)))
    }

    private func fail(_ name: WriteName, _ error: MariaDBError) {
        state.withLock { state in
            if error.outcomeUnknown { state.result.unknown.insert(name) }
            // Errors 2002 to 2005 and a broken greeting come before any statement was sent.
            if error.isConnectionError, !error.outcomeUnknown { state.result.connectFailures += 1 }
            state.result.errors["\(error.code.rawValue) \(error.message)", default: 0] += 1
        }
    }

    /// Compares what was confirmed with what one server has.
    package func verify(_ result: LoadResult, on address: String, port: Int) async throws -> LoadVerdict {
        var target = target(0)
        target.endpoint = .tcp(host: address, port: port)
        let session = try MariaDBSession(target)
        let rows = try await session.query(
            "SELECT client, seq, COUNT(*) AS number FROM app.cctrl_load WHERE run = \(run) GROUP BY client, seq",
            deadline: .seconds(60))
        var found: Set<WriteName> = []
        var repeated = 0
        for row in rows {
            guard let client = row.integer("client"), let sequence = row.integer("seq") else { continue }
            found.insert(WriteName(client: client, sequence: sequence))
            if row.integer("number") != 1 { repeated += 1 }
        }
        return LoadVerdict(
            lost: result.acknowledged.subtracting(found).count, repeated: repeated, rows: found.count)
    }

    package static func milliseconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) * 1000 + Double(duration.components.attoseconds) / 1e15
    }
}
