import AdminProtocol
import NIOCore

/// The bounds of the listener's sessions; tests use smaller ones.
package struct SessionLimits: Sendable {
    /// Bytes of one line from a client.
    package var requestBytes = ProtocolLimits.requestBytes
    /// Bytes of one line to a client.
    package var replyBytes = ProtocolLimits.replyBytes
    /// From the connection's start to the end of the handshake and the `session.hello`.
    package var hello: TimeAmount = .seconds(Int64(ProtocolLimits.helloSeconds))
    /// Without a complete request and without one that runs.
    package var idle: TimeAmount = .seconds(Int64(ProtocolLimits.idleSeconds))
    /// From a line's first byte to its end.
    package var line: TimeAmount = .seconds(10)
    /// How long a client may leave output unread before it is cut off.
    package var stall: TimeAmount = .seconds(30)
    /// Bytes of output that wait for a client before it is cut off.
    package var unreadBytes = 2 * ProtocolLimits.replyBytes
    package var concurrentRequests = ProtocolLimits.concurrentRequests
    package var sessions = ProtocolLimits.sessions
    /// Lines that are no requests, after which a session is closed.
    package var badLines = 10

    package init() {}
}
