import AdminProtocol
import ClusterModel
import Planning
import Synchronization

/// Whether a change of the site concerns this host.
extension Agent {
    /// What decides whether anything is to be done here: the records' wishes, and this host as it was last seen.
    package struct Concern: Equatable, Sendable {
        fileprivate var server: ServerGoal?
        fileprivate var router: RouterGoal
        fileprivate var operation: String?
        fileprivate var mayAct: Bool
        fileprivate var isSourceSilent: Bool
        fileprivate var state: ComponentState?
        fileprivate var readOnly: Bool?
        fileprivate var links: [ComponentState]
        fileprivate var routerReport: RouterReport?
    }

    package var concern: Concern {
        let snapshot = board.snapshot
        let report = lastReport
        var router = report?.router
        // Counts change all the time.
        router?.connections = ConnectionCounts()
        router?.byDataSource = [:]
        let goal = snapshot.serverGoal(for: host)
        var isSilent = false
        if case .replica(let source, _) = goal { isSilent = snapshot.sights[source]?.isSilent ?? false }
        return Concern(
            server: goal, router: snapshot.routerGoal(for: host), operation: snapshot.operation?.id,
            mayAct: board.isLoaded && board.hasQuorum && permit.isValid, isSourceSilent: isSilent,
            state: report?.server.state, readOnly: report?.server.readOnly,
            links: report?.server.links.map(\.state) ?? [], routerReport: router)
    }
}
