/// Bounds of a session, the same for both ends.
package enum ProtocolLimits {
    /// The protocol versions spoken here, newest first.
    package static let versions = [1]
    /// The name in TLS's application-protocol negotiation.
    package static let alpn = "cctrl/1"
    /// The same for connections between managers over which data is copied.
    package static let dataALPN = "cctrl-data/1"
    /// Bytes of one line, line feed not counted, towards a manager.
    package static let requestBytes = 64 * 1024
    /// Bytes of one line, line feed not counted, towards a client.
    package static let replyBytes = 4 * 1024 * 1024
    /// Seconds from the connection's start to the end of the handshake and the `session.hello`.
    package static let helloSeconds = 10
    /// Seconds without a complete request after which a session without running requests is closed.
    package static let idleSeconds = 3600
    /// Requests of one session that may run at once.
    package static let concurrentRequests = 32
    /// Sessions of one manager.
    package static let sessions = 2048
}
