import AdminProtocol
import ClusterModel

/// What a manager asks of its own host beside server and router: room on disks, certificates, its member of etcd.
package protocol HostConditions: Sendable {
    /// Looks; what cannot be looked at is left out.
    func observe() async -> HostCondition

    /// Where this host's member leads the site's etcd, the first of `heirs` that can takes over from it.
    /// - Returns: which host leads now; nil where nothing was to be done.
    func handLeadership(to heirs: [HostName]) async throws(Refusal) -> HostName?
}
