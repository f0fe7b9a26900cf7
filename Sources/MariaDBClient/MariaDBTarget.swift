/// A server to talk to, and as whom.
package struct MariaDBTarget: Sendable, Hashable {
    /// Where the server listens.
    package enum Endpoint: Sendable, Hashable {
        /// A host's address (or name: looking it up is outside every deadline) and its TCP port.
        case tcp(host: String, port: Int)
        /// The path of a unix socket.
        case socket(String)
    }

    /// Certificates in PEM files.
    ///
    /// Over TCP the server's certificate is checked against the authority and the host.
    package struct TLS: Sendable, Hashable {
        package var authority: String
        package var certificate: String?
        package var key: String?

        package init(authority: String, certificate: String? = nil, key: String? = nil) {
            self.authority = authority
            self.certificate = certificate
            self.key = key
        }
    }

    package var endpoint: Endpoint
    package var user: String
    package var password: String
    /// Nil for a connection without TLS.
    package var tls: TLS?
    /// Schema of the session; nil for none.
    package var schema: String?
    /// Seconds, at least 1: the most that making a connection may take.
    package var connectTimeout: Int
    /// Seconds, at least 1: the backstop under the deadlines of single calls.
    package var ioTimeout: Int
    /// Statements run at the start of every connection.
    package var initialStatements: [String]
    /// What the server's processlist shows as program name.
    package var programName: String

    package init(
        endpoint: Endpoint, user: String, password: String, tls: TLS? = nil, schema: String? = nil,
        connectTimeout: Int = 1, ioTimeout: Int = 3600, initialStatements: [String] = [],
        programName: String = "cctrl-manager"
    ) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.tls = tls
        self.schema = schema
        self.connectTimeout = max(1, connectTimeout)
        self.ioTimeout = max(1, ioTimeout)
        self.initialStatements = initialStatements
        self.programName = programName
    }
}
