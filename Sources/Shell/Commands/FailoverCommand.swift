import AdminProtocol
import CommandGrammar

/// `failover [to <datasource>]`.
enum FailoverCommand: ShellCommand {
    static let name = "failover"
    static let patterns: [CommandPattern] = ["failover [to <datasource>]"]
    static let summary = "Promote a replica after the primary has failed"
    static let details = [
        "Refused while the primary still serves: use `switch` then. The old primary ends as "
            + "SHUNNED(FAILED-OVER-TO-...), to be brought back with `datasource <ds> recover`. An "
            + "expert-level command."
    ]
    static let notes = ["to": "to a data source of your choice"]
    static let examples = [CommandExample("failover to east2", "after the primary has FAILED")]
    static let effect = Effect.changes

    static func isExpert(_ arguments: Arguments, in session: Session) -> Bool { true }

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let target = try arguments.dataSource("datasource", in: session)
        return try session.perform(FailoverCall(target: target, force: session.force))
    }
}
