import AdminProtocol
import ClusterModel

/// What a manager asks of its host's router.
package protocol RouterControl: Sendable {
    /// Looks at the router; one that does not answer is a state, not an error.
    func observe() async -> RouterReport

    /// Carries out changes in order.
    func apply(_ changes: [RouterChange]) async throws(Refusal)

    /// Lets new connections to the write port wait, at most for `duration`.
    func hold(_ duration: Duration) async throws(Refusal)

    /// Lets the waiting connections through.
    /// - Returns: how many there were; nil where the router does not tell.
    func release() async throws(Refusal) -> Int?

    /// Sessions of the write port on `host` now.
    func writeSessions(on host: HostName) async throws(Refusal) -> Int
}

/// One change of a router.
package enum RouterChange: Hashable, Sendable, CustomStringConvertible {
    package enum Port: String, Sendable {
        case write, read
    }
    case accept(Port)
    case refuse(Port)
    /// Send new connections of a port to `host` too.
    case use(HostName, Port)
    /// Send no new connection of a port to `host`, and cut those that are there.
    case leave(HostName, Port)
    /// Send no new connection of a port to `host`; those that are there stay.
    case drain(HostName, Port)

    /// Cut the sessions of a port on `host`, which gets no new ones.
    case cut(HostName, Port)

    package var description: String {
        switch self {
        case .cut(let host, let port): "cut \(port.rawValue)s to \(host)"
        case .accept(let port): "accept \(port.rawValue)s"
        case .refuse(let port): "refuse \(port.rawValue)s"
        case .use(let host, let port): "\(port.rawValue)s to \(host)"
        case .leave(let host, let port): "no \(port.rawValue)s to \(host)"
        case .drain(let host, let port): "no new \(port.rawValue)s to \(host)"
        }
    }
}
