import AdminProtocol
/// The files by which both ends of a connection know each other; all PEM.
package struct Identity: Hashable, Sendable {
    /// The cluster's own certificate authority: the only one that is trusted.
    package var authority: String
    package var certificate: String
    package var key: String

    package init(authority: String, certificate: String, key: String) {
        self.authority = authority
        self.certificate = certificate
        self.key = key
    }
}

/// Where a manager is.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// The name in the manager's certificate.
    package var host: String
    /// A name or number that leads there; often the same as the host.
    package var address: String
    package var port: Int

    package init(host: String, address: String, port: Int) {
        self.host = host
        self.address = address
        self.port = port
    }

    /// `east1 (127.1.0.1:9997)`.
    package var description: String {
        host == address ? "\(host):\(port)" : "\(host) (\(address):\(port))"
    }
}

/// The longest waits of a connection, in milliseconds.
package struct Patience: Hashable, Sendable {
    /// For the connection, the handshake and the hello together.
    package var connect: Int
    /// For the reply to a request that only reads.
    package var reading: Int
    /// For the reply to a request that changes something.
    package var changing: Int
    /// Whether a request whose work may take longer is waited for so long.
    package var followsWork: Bool

    package init(
        connect: Int = 5000, reading: Int = 15_000, changing: Int = 600_000, followsWork: Bool = false
    ) {
        self.connect = connect
        self.reading = reading
        self.changing = changing
        self.followsWork = followsWork
    }

    /// For the reply to this request.
    package func limit<Call: AdminCall>(for call: Call) -> Int {
        guard Call.access != .observer else { return reading }
        return followsWork ? max(changing, (call.longest ?? 0) * 1000) : changing
    }
}

/// How a wait is broken off from outside: descriptors to watch, and a look at what they brought.
package struct Interrupt {
    package var descriptors: [Int32]
    /// Whether the user wants to stop; called when a descriptor is readable.
    package var isRaised: () -> Bool

    package init(descriptors: [Int32], isRaised: @escaping () -> Bool) {
        self.descriptors = descriptors
        self.isRaised = isRaised
    }
}
