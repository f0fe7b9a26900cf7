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

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let target = try arguments.dataSource("datasource", in: session)
        return try session.perform(SwitchCall(target: target, force: session.force))
    }
}
