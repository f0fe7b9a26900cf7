import AdminProtocol
import CommandGrammar

/// `switch [to <datasource>]`.
enum SwitchCommand: ShellCommand {
    static let name = "switch"
    static let patterns: [CommandPattern] = ["switch [to <datasource>]"]
    static let options = CommonOptions.changing + [cutSessions]
    private static let cutSessions = ProgramOption(
        ["--cut-sessions"],
        summary: "End sessions whose transactions are still open after 1 s, instead of refusing.")
    static let summary = "Move the primary role to another data source, losing nothing"
    static let details = [
        "Without a name the most up-to-date replica is taken. When a step fails before the new primary is "
            + "open, the old primary goes on as before.",
        "Transactions that are open have 1 s to end before anything is held; the switch is refused then, and "
            + "names the session. With `--cut-sessions`, and after `set force true`, such sessions are ended "
            + "instead. Statements that only read stand in nobody's way. A switch that would keep writes waiting for longer "
            + "than `switch-gap-limit` (100 ms) is refused, and so is one with a router that cannot be reached; with "
            + "`set force true` such a router is no obstacle, and writes may wait for up to 5 s. The receipt says what the switch cost: "
            + "`history show` has it too.",
    ]
    static let notes = ["to": "to a data source of your choice"]
    static let examples = [
        CommandExample("switch", "to the most up-to-date replica"),
        CommandExample("switch to east2", "to this one"),
        CommandExample("switch --cut-sessions", "open transactions are not waited for"),
        CommandExample("switch to east2 --events", "steps and outcome as lines of JSON"),
    ]
    static let effect = Effect.changes

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let target = try arguments.dataSource("datasource", in: session)
        return try session.perform(
            SwitchCall(
                target: target, force: session.force,
                cutSessions: arguments.option("--cut-sessions") != nil ? true : nil))
    }
}
