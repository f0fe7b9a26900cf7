import AdminProtocol
import CommandGrammar

/// `datasource <ds> connections [-l]`.
enum ConnectionsCommand: ShellCommand {
    static let name = "datasource"
    static let patterns: [CommandPattern] = ["datasource <datasource> connections [-l]"]
    static let summary = "Show who is connected to a data source, by the routers and past them"
    static let details = [
        "`-l` lists each session, oldest first, with the beginning of its statement; it needs the role "
            + "`operator`. Sessions of managers and of replication are not counted."
    ]
    static let notes = ["connections": "sessions on it, by router", "-l": "each session"]
    static let examples = [CommandExample("datasource east1 connections -l", "who is there, doing what")]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let name = try arguments.neededDataSource("datasource", in: session)
        let long = arguments.has("-l")
        let view = ConnectionsView(connections: try session.ask(ConnectionsCall(name: name, list: long)))
        try session.show(view.connections, rows: view.rows) { view.lines(long: long) }
        return .done
    }
}
