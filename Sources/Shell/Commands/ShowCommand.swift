import AdminProtocol
import CommandGrammar

/// `show topology`.
enum ShowCommand: ShellCommand {
    static let name = "show"
    static let patterns: [CommandPattern] = ["show topology"]
    static let summary = "Show how the site is built, and its cross-site services"
    static let notes = ["topology": "primary, replicas, and the services that bring other sites' writes"]
    static let examples = [
        CommandExample("show topology", "who is what"),
        CommandExample("show topology --fields name,state,progress", "cross-site services as a table"),
    ]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let topology = try session.ask(TopologyCall())
        try session.show(topology, rows: TopologyView.rows(topology)) { TopologyView.lines(topology) }
        return .done
    }
}
