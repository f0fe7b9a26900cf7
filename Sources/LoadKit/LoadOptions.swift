/// How a load writes.
package struct LoadOptions: Sendable {
    /// Addresses whose write port is used, client by client.
    package var addresses: [String]
    package var port: Int
    package var user: String
    package var password: String
    /// Clients side by side, each with a connection of its own.
    package var clients: Int
    /// The pause of each client between two writes.
    package var pause: Duration
    /// Writes a second that all clients together begin at most; nil leaves only the pause.
    package var rate: Int?
    /// Whether every write makes a connection of its own, as simple applications do.
    package var connectEachTime: Bool

    package init(
        addresses: [String], port: Int, user: String, password: String, clients: Int = 8,
        pause: Duration = .milliseconds(5), rate: Int? = nil, connectEachTime: Bool = false
    ) {
        self.addresses = addresses
        self.port = port
        self.user = user
        self.password = password
        self.clients = clients
        self.pause = pause
        self.rate = rate
        self.connectEachTime = connectEachTime
    }

    /// Time between two writes of one client where a rate is wanted.
    var interval: Duration? { rate.map { .seconds(clients) / max(1, $0) } }
}

/// One write: the client's number and its own count.
package struct WriteName: Hashable, Sendable {
    package var client: Int
    package var sequence: Int
}

/// A write that the server confirmed, and when the client knew.
package struct Confirmation: Sendable {
    package var name: WriteName
    package var at: ContinuousClock.Instant
}

/// What a load saw.
package struct LoadResult: Sendable {
    /// Writes that the server confirmed.
    package var acknowledged: Set<WriteName> = []
    /// The same in the order in which they came.
    package var confirmations: [Confirmation] = []
    /// Writes whose answer never came: they may be there or not.
    package var unknown: Set<WriteName> = []
    /// Attempts that failed, by what the client was told.
    package var errors: [String: Int] = [:]
    /// Attempts that failed before a connection stood.
    package var connectFailures = 0
    /// The longest time without a confirmation anywhere in the load, in milliseconds.
    package var largestGap = 0.0
    package var seconds = 0.0

    package init() {}

    /// Attempts that ended with a broken connection: the session was cut.
    package var cutSessions: Int {
        errors.filter { Self.isBroken($0.key) }.reduce(0) { $0 + $1.value } - connectFailures
    }

    /// Attempts that the server refused, such as writes to a server that is read-only.
    package var refusedWrites: Int { errors.filter { !Self.isBroken($0.key) }.reduce(0) { $0 + $1.value } }

    /// Errors of the client library, and deadlines that passed: 2000 to 2999 and 9000 up, by their numbers.
    private static func isBroken(_ error: String) -> Bool {
        error.prefix { $0 != " " }.count == 4 && (error.hasPrefix("2") || error.hasPrefix("9"))
    }

    /// The longest time without a confirmation that touches the time between two instants, in milliseconds; nil
    /// where nothing was confirmed before or after.
    package func gap(between start: ContinuousClock.Instant, and end: ContinuousClock.Instant) -> Double? {
        guard let first = confirmations.lastIndex(where: { $0.at <= start }),
            let last = confirmations.firstIndex(where: { $0.at >= end }), first < last
        else { return nil }
        let gaps = (first..<last).map { confirmations[$0].at.duration(to: confirmations[$0 + 1].at) }
        return gaps.max().map { $0 / .milliseconds(1) }
    }
}

/// What a server has of a load.
package struct LoadVerdict: Sendable, Hashable {
    /// Confirmed writes that are not there.
    package var lost: Int
    /// Writes that are there more than once.
    package var repeated: Int
    package var rows: Int

    package init(lost: Int, repeated: Int, rows: Int) {
        self.lost = lost
        self.repeated = repeated
        self.rows = rows
    }

    package var isRight: Bool { lost == 0 && repeated == 0 }
}
