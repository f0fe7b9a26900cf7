import AdminProtocol
import ClusterModel

/// Calls to the managers of other hosts.
package protocol Peers: Sendable {
    /// - Parameter caller: who has asked this manager, where the call is passed on; nil for the manager itself.
    func call<Call: AdminCall>(
        _ call: Call, on host: HostName, for caller: String?, deadline: Duration,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Call.Reply

    /// Whether a host answers at all: a refused connection is an answer.
    /// - Returns: the round trip in milliseconds, nil where nothing came in time.
    func ping(_ host: HostName) async -> Double?

    /// Looks at a host's server and manager over the network; both within half a second.
    func look(at host: HostName) async -> HostSight

    /// Makes a server read-only without its manager's help, when that manager does not answer.
    func fence(_ host: HostName) async -> FenceResult

    func address(of host: HostName) -> String
    func managerPort() -> Int
}

extension Peers {
    package func call<Call: AdminCall>(
        _ call: Call, on host: HostName, deadline: Duration
    ) async throws(Refusal) -> Call.Reply {
        try await self.call(call, on: host, for: nil, deadline: deadline) { _ in }
    }
}

/// What came of fencing a server from outside.
package enum FenceResult: Hashable, Sendable {
    /// It takes no more writes.
    case fenced
    /// Nothing listens there.
    case dead
    /// It may still take writes.
    case unknown(String)
}

/// The operating system's service commands of this host.
package protocol ServiceRunner: Sendable {
    /// Components that have commands.
    var components: [String] { get }

    /// - Returns: what the command printed.
    func run(_ component: String, _ verb: RunServiceCall.Verb) async throws(Refusal) -> [String]
}
