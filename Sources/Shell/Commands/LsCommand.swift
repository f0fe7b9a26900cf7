import AdminProtocol
import ClusterModel
import CommandGrammar

/// `ls [-l] [<datasource>]`, `ls resources|services|sessions`.
enum LsCommand: ShellCommand {
    static let name = "ls"
    static let patterns: [CommandPattern] = [
        "ls [-l] [<datasource>]", "ls <datasource> -l", "ls <kind:resources|services|sessions>",
    ]
    static let summary = "Show coordinator, routers and data sources"
    static let details = [
        "`-l` shows every property of the data sources; the name of a data source shows that one only. "
            + "`resources` shows the state of each component on a row of its own, `services` the services "
            + "that bring other sites' writes, `sessions` the connections through the routers. At the root "
            + "`ls` lists the data services.",
        "A first line `WARNING` says so when the manager that answers cannot reach the majority of its "
            + "site, or when what it shows is old.",
    ]
    static let notes = [
        "-l": "every property", "resources": "the state of each component, one row each",
        "services": "the services that bring other sites' writes",
        "sessions": "connections from each router to each data source",
    ]
    static let examples = [
        CommandExample("ls east2", "one data source"),
        CommandExample("ls --fields name,role,state", "a table for scripts, parted by tabs"),
        CommandExample("ls -l --json", "everything, for programs"),
    ]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        if session.site == nil, arguments["datasource"] == nil, arguments["kind"] == nil {
            let sites = session.network.sites
            try session.show(SiteList(sites), rows: SiteList(sites).rows) {
                SitesView.lines(Array(sites.keys))
            }
            return .done
        }
        switch arguments["kind"] {
        case "resources":
            let view = ResourcesView(try session.ask(StatusCall()))
            try session.show(view.resources, rows: view.rows) { view.lines }
        case "services":
            let topology = try session.ask(TopologyCall())
            try session.show(topology.services, rows: TopologyView.rows(topology)) {
                TopologyView.services(topology)
            }
        case "sessions":
            let view = SessionsView(try session.ask(StatusCall(reports: true)))
            try session.show(view.links, rows: view.rows) { view.lines }
        default: try list(arguments, in: session)
        }
        return .done
    }

    private static func list(_ arguments: Arguments, in session: Session) throws(Refusal) {
        let long = arguments.has("-l")
        let wanted = try arguments.dataSource("datasource", in: session)
        var status = try session.ask(StatusCall(reports: long))
        let view = StatusView(status, time: session.time)
        guard let wanted else {
            return try session.show(status, rows: view.rows) { view.lines(long: long) }
        }
        if let witness = status.witnesses?.first(where: { $0.name == wanted }) {
            status.dataSources = []
            status.witnesses = [witness]
            return try session.show(status, rows: StatusView(status).rows) { view.lines(of: witness) }
        }
        let source = try status.needed(wanted)
        status.dataSources = [source]
        status.witnesses = nil
        let one = StatusView(status, time: session.time)
        try session.show(status, rows: one.rows) { view.lines(of: source, long: long) }
    }
}

extension SiteStatus {
    /// The data source of that name.
    /// - Throws: a refusal that lists the names there are.
    func needed(_ name: HostName) throws(Refusal) -> DataSourceStatus {
        if let source = self[name] { return source }
        let names = dataSources.map(\.name.description)
        let near = NearestWord.find(name.description, in: names).map { "did you mean '\($0)'? " } ?? ""
        throw Refusal(
            .noSuchDataSource, "site '\(site)' has no data source '\(name)'; nothing was changed",
            hint: near + "data sources: \(names.joined(separator: ", "))")
    }
}
