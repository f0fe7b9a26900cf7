import AdminProtocol
import CommandGrammar

/// `switch [to <datasource>]`.
enum SwitchCommand: ShellCommand {
    static let name = "switch"
    static let patterns: [CommandPattern] = ["switch [to <datasource>]"]
    static let summary = "Move the primary role to another data source, losing nothing"
    static let details = [
        "Without a name the most up-to-date replica is taken. When a step fails before the new primary is "
            + "open, the old primary goes on as before."
    ]
    static let notes = ["to": "to a data source of your choice"]
    static let examples = [
        CommandExample("switch", "to the most up-to-date replica"),
        CommandExample("switch to east2", "to this one"),
        CommandExample("switch to east2 --events", "steps and outcome as lines of JSON"),
    ]
    static let effect = Effect.changes

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let target = try arguments.dataSource("datasource", in: session)
        return try session.perform(SwitchCall(target: target, force: session.force))
    }
}
