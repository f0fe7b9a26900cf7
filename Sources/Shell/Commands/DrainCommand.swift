import AdminProtocol
import CommandGrammar

/// `datasource <ds> drain [seconds]`.
enum DrainCommand: ShellCommand {
    static let name = "datasource"
    static let patterns: [CommandPattern] = ["datasource <datasource> drain [<seconds>]"]
    static let summary = "Give a data source no new connections, and wait until those it has are gone"
    static let details = [
        "It becomes SHUNNED(DRAIN-CONNECTIONS); its replication goes on. With a number of seconds, sessions "
            + "that are left after them are cut; without it the command waits a minute, cuts nothing, and "
            + "says how many are left. `datasource <ds> welcome` puts it back. The primary needs `set force "
            + "true`."
    ]
    static let notes = [
        "drain": "no new connections; wait for those that are there",
        "<seconds>": "after so long the rest is cut",
    ]
    static let examples = [CommandExample("datasource east2 drain 30", "before maintenance, politely")]
    static let effect = Effect.changes

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let name = try arguments.neededDataSource("datasource", in: session)
        let word = arguments["seconds"]
        let seconds = word.flatMap { Int($0) }
        guard word == nil || seconds != nil else {
            throw Refusal(
                .badArgument, "'\(word ?? "")' is not a number of seconds; nothing was changed",
                hint: "datasource \(name) drain 30")
        }
        return try session.perform(DrainCall(name: name, seconds: seconds, force: session.force))
    }
}
