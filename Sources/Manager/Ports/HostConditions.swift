import ClusterModel

/// What a manager asks of its own host beside server and router: room on disks, certificates, its member of etcd.
package protocol HostConditions: Sendable {
    /// Looks; what cannot be looked at is left out.
    func observe() async -> HostCondition
}
