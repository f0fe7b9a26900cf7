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
    /// Whether every write makes a connection of its own, as simple applications do.
    package var connectEachTime: Bool

    package init(
        addresses: [String], port: Int, user: String, password: String, clients: Int = 8,
        pause: Duration = .milliseconds(5), connectEachTime: Bool = false
    ) {
        self.addresses = addresses
        self.port = port
        self.user = user
        self.password = password
        self.clients = clients
        self.pause = pause
        self.connectEachTime = connectEachTime
    }
}

/// One write: the client's number and its own count.
package struct WriteName: Hashable, Sendable {
    package var client: Int
    package var sequence: Int
}

/// What a load saw.
package struct LoadResult: Sendable {
    /// Writes that the server confirmed.
    package var acknowledged: Set<WriteName> = []
    /// Writes whose answer never came: they may be there or not.
    package var unknown: Set<WriteName> = []
    /// Attempts that failed, by what the client was told.
    package var errors: [String: Int] = [:]
    /// Attempts that failed before a connection stood.
    package var connectFailures = 0
    /// The longest time between two confirmations anywhere in the load, in milliseconds.
    package var largestGap = 0.0
    package var seconds = 0.0

    package init() {}
}

/// What a server has of a load.
package struct LoadVerdict: Sendable, Hashable {
    /// Confirmed writes that are not there.
    package var lost: Int
    /// Writes that are there more than once.
    package var repeated: Int
    package var rows: Int

    package var isRight: Bool { lost == 0 && repeated == 0 }
}
