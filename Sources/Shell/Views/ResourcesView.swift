import ClusterModel
import TerminalText

/// `ls resources`: one row a resource, sorted by host and kind.
///
/// Monitoring looks for rows without the word ONLINE, so a healthy resource of any kind says ONLINE.
struct ResourcesView {
    /// The state of one component.
    struct Resource: Encodable, Sendable {
        var host: HostName
        /// The classic word.
        var kind: String
        var state: ComponentState
    }

    static let fields = ["host", "kind", "state"]
    private(set) var resources: [Resource] = []

    init(_ status: SiteStatus) {
        for source in status.dataSources {
            let answers = source.manager == .online
            let silent: ComponentState = answers ? .stopped : .unknown
            func add(_ kind: String, _ state: ComponentState) {
                resources.append(Resource(host: source.name, kind: kind, state: state))
            }
            add("DATASERVER", source.server)
            // A host is known by its manager only: one that is silent may be a host that is down.
            add("HOST", answers ? .online : .unknown)
            add("MANAGER", source.manager)
            add("MEMBER", answers ? .online : .offline)
            add("REPLICATOR", source.replicator?.state ?? silent)
            if let router = status.routers.first(where: { $0.host == source.name }) {
                add("ROUTER", router.state)
            }
        }
        for witness in status.witnesses ?? [] {
            let answers = witness.manager == .online
            let states = [
                ("HOST", answers ? .online : .unknown), ("MANAGER", witness.manager),
                ("MEMBER", answers ? ComponentState.online : .offline),
            ]
            resources += states.map { Resource(host: witness.name, kind: $0, state: $1) }
        }
        resources.sort { ($0.host.description, $0.kind) < ($1.host.description, $1.kind) }
    }

    var rows: Rows { Rows(fields: Self.fields, items: resources) }

    var lines: [String] {
        let rows = resources.map { "\($0.host):\($0.kind): \($0.state.rawValue)" }
        return [""] + Box.around(rows.flatMap { Box.rows($0) }) + [""]
    }
}
