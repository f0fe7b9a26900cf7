import AdminProtocol
import CommandGrammar

/// `failover [to <datasource>]`.
enum FailoverCommand: ShellCommand {
    static let name = "failover"
    static let patterns: [CommandPattern] = ["failover [to <datasource>]"]
    static let summary = "Promote a replica after the primary has failed"
    static let details = [
        "Refused until `ls` shows the primary as FAILED: while it serves, use `switch`. Under the policy `maintenance` "
            + "no rule marks it so; `datasource <primary> fail` does. The old primary ends as "
            + "SHUNNED(FAILED-OVER-TO-...). Under AUTOMATIC it comes back by itself where it has no transactions of its own; "
            + "`datasource <ds> recover` brings it back in any case.",
        "What might lose an acknowledged write is refused with what is missing, and `set force true` gives it up; so is "
            + "a primary that has not failed. An expert-level command.",
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
