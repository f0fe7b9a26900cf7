import ClusterModel
import TerminalText

/// `ls resources`: one row a resource, sorted by host and kind.
///
/// Monitoring looks for rows without the word ONLINE, so a healthy resource of any kind says ONLINE.
enum ResourcesView {
    static func lines(_ status: SiteStatus) -> [String] {
        var rows: [String] = []
        for source in status.dataSources {
            let answers = source.manager == .online
            let silent: ComponentState = answers ? .stopped : .unknown
            rows.append("\(source.name):DATASERVER: \(source.server.rawValue)")
            // A host is known by its manager only: one that is silent may be a host that is down.
            rows.append("\(source.name):HOST: \((answers ? ComponentState.online : .unknown).rawValue)")
            rows.append("\(source.name):MANAGER: \(source.manager.rawValue)")
            rows.append("\(source.name):MEMBER: \((answers ? ComponentState.online : .offline).rawValue)")
            rows.append("\(source.name):REPLICATOR: \((source.replicator?.state ?? silent).rawValue)")
            if let router = status.routers.first(where: { $0.host == source.name }) {
                rows.append("\(source.name):ROUTER: \(router.state.rawValue)")
            }
        }
        return [""] + Box.around(rows.flatMap { Box.rows($0) }) + [""]
    }
}
