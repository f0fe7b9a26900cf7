import ClusterModel
import TerminalText

/// `ls sessions`: connections from each router to each data source.
struct SessionsView {
    /// The connections between one router and one data source.
    struct Link: Encodable, Sendable {
        var router: HostName
        var dataSource: HostName
        var created: Int
        var active: Int
    }

    static let fields = ["router", "dataSource", "created", "active"]
    private(set) var links: [Link] = []
    /// Routers whose manager does not tell.
    private var silent: [HostName] = []

    init(_ status: SiteStatus) {
        for router in status.routers {
            guard let report = status[router.host]?.report?.router else {
                silent.append(router.host)
                continue
            }
            for (source, counts) in report.byDataSource.sorted(by: { $0.key < $1.key }) {
                links.append(
                    Link(
                        router: router.host, dataSource: source, created: counts.created,
                        active: counts.active))
            }
        }
    }

    var rows: Rows { Rows(fields: Self.fields, items: links) }

    var lines: [String] {
        let rows =
            links.map { link in
                "connector@\(link.router) -> \(link.dataSource)(created=\(link.created), active=\(link.active))"
            } + silent.map { "connector@\($0)(STATUS NOT AVAILABLE)" }
        return [""] + Box.around(rows.flatMap { Box.rows($0) }) + [""]
    }
}
