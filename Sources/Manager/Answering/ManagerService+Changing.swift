import AdminProtocol
import ClusterModel

extension ManagerService {
    /// Changing: only the coordinator does it; other managers pass the request on.
    func routeChange(_ answering: Answering) async throws(Refusal) -> [UInt8] {
        let by = answering.author
        let progress = answering.progress
        switch answering.request.method {
        case SetPolicyCall.method:
            return try await answering.byCoordinator(SetPolicyCall.self) {
                (call, coordinator) throws(Refusal) in
                try await coordinator.setPolicy(call, by: by)
            }
        case ChangeDataSourceCall.method:
            return try await answering.byCoordinator(
                ChangeDataSourceCall.self
            ) { (call, coordinator) throws(Refusal) in
                guard call.verb == .recover else {
                    return try await coordinator.changeDataSource(call, by: by)
                }
                return try await coordinator.recoverDataSource(
                    try coordinator.known(call.name), force: call.force, by: by, progress: progress)
            }
        case ReprovisionCall.method:
            return try await answering.byCoordinator(
                ReprovisionCall.self
            ) { (call, coordinator) throws(Refusal) in
                try await coordinator.reprovision(call, by: by, progress: progress)
            }
        case ChangeReplicatorCall.method:
            return try await answering.byCoordinator(ChangeReplicatorCall.self) {
                (call, coordinator) throws(Refusal) in try await coordinator.changeReplicator(call, by: by)
            }
        case ChangeRouterCall.method:
            return try await answering.byCoordinator(ChangeRouterCall.self) {
                (call, coordinator) throws(Refusal) in
                try await coordinator.changeRouter(call, by: by)
            }
        case RunServiceCall.method:
            return try await answering.byCoordinator(RunServiceCall.self) {
                (call, coordinator) throws(Refusal) in
                try await coordinator.runService(call, components: self.services.components, by: by)
            }
        case SwitchCall.method:
            return try await answering.byCoordinator(SwitchCall.self) { (call, coordinator) throws(Refusal) in
                try await coordinator.operate(CommandText.of(call), by: by, progress: progress) {
                    (operation) throws(Refusal) in try await coordinator.switchPrimary(call, operation)
                }
            }
        case FailoverCall.method:
            return try await answering.byCoordinator(FailoverCall.self) {
                (call, coordinator) throws(Refusal) in
                try await coordinator.operate(CommandText.of(call), by: by, progress: progress) {
                    (operation) throws(Refusal) in try await coordinator.failover(call, operation)
                }
            }
        case RecoverCall.method:
            return try await answering.byCoordinator(RecoverCall.self) {
                (call, coordinator) throws(Refusal) in
                try await coordinator.recoverSite(force: call.force, by: by, progress: progress)
            }
        case AbortCall.method:
            return try await answering.byCoordinator(AbortCall.self) { (_, coordinator) throws(Refusal) in
                try coordinator.abort()
            }
        case HeartbeatCall.method:
            return try await answering.byCoordinator(HeartbeatCall.self) { (_, coordinator) throws(Refusal) in
                try await coordinator.heartbeat(by: by)
            }
        case DrainCall.method:
            return try await answering.byCoordinator(DrainCall.self) {
                (call, coordinator) throws(Refusal) in
                try await coordinator.drain(call, by: by, progress: progress)
            }
        case BackupCall.method:
            return try await answering.byCoordinator(BackupCall.self) {
                (call, coordinator) throws(Refusal) in
                try await coordinator.backup(call, by: by, progress: progress)
            }
        case RestoreCall.method:
            return try await answering.byCoordinator(RestoreCall.self) {
                (call, coordinator) throws(Refusal) in
                try await coordinator.restore(call, by: by, progress: progress)
            }
        default:
            throw Refusal(
                .unknownMethod, "this manager does not know the method '\(answering.request.method)'",
                hint: "docs/protocol.md lists them")
        }
    }
}
