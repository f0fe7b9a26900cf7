import AdminProtocol
import ClusterModel
import CommandGrammar

/// `cluster topology validate`.
enum TopologyCheckCommand: ShellCommand {
    static let name = "cluster"
    static let patterns: [CommandPattern] = ["cluster topology validate"]
    static let summary = "Check that primary, replicas, routers and cross-site services fit together"
    static let details = ["Status 4 where something does not fit; a line says what, and what to do."]
    static let notes = ["topology": "primary, replicas, routers, services", "validate": "check them"]
    static let examples = [CommandExample("cluster topology validate", "before and after maintenance")]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let check = TopologyCheck(
            try session.ask(StatusCall()), try session.ask(TopologyCall()),
            configured: session.network.sites)
        try session.show(check.findings, rows: check.rows) { check.lines }
        return check.findings.allSatisfy(\.fits) ? .done : .followUp
    }
}
