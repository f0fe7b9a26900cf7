import AdminProtocol
import ClusterModel
import CommandGrammar

/// `ls [-l] [<datasource>]`, `ls resources`.
enum LsCommand: ShellCommand {
    static let name = "ls"
    static let patterns: [CommandPattern] = ["ls [-l] [<datasource>]", "ls resources"]
    static let summary = "Show coordinator, routers and data sources"
    static let details = [
        "`-l` shows every property of the data sources; the name of a data source shows that one only; "
            + "`resources` shows the state of each component on a row of its own. At the root it lists the "
            + "data services.",
        "A first line `WARNING` says so when the manager that answers cannot reach the majority of its "
            + "site, or when what it shows is old.",
    ]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        if session.site == nil, arguments["datasource"] == nil, !arguments.has("resources") {
            SitesView.lines(Array(session.network.sites.keys)).forEach(session.screen.print)
            return .done
        }
        let long = arguments.has("-l")
        let wanted = try arguments.dataSource("datasource", in: session)
        let status = try session.ask(StatusCall(reports: long))
        if arguments.has("resources") {
            ResourcesView.lines(status).forEach(session.screen.print)
            return .done
        }
        let view = StatusView(status)
        guard let wanted else {
            view.lines(long: long).forEach(session.screen.print)
            return .done
        }
        view.lines(of: try status.needed(wanted), long: long).forEach(session.screen.print)
        return .done
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
