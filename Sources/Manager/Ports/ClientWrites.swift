import AdminProtocol
import ClusterModel

/// Writes as an application makes them: through a router, with the applications' own account.
package protocol ClientWrites: Sendable {
    /// One write through the write port of `router`, on a connection that is kept while it works.
    /// - Throws: `notPermitted` where the account may not write there, which another attempt does not change.
    func write(through router: HostName, deadline: Duration) async throws(Refusal)

    /// Ends the connection.
    func close()
}
