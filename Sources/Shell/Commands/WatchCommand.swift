import AdminProtocol
import CommandGrammar

/// `watch [<seconds>] <command>`.
///
/// A terminal takes such a line before it is looked up here: what comes here has no terminal, or does not stand
/// alone on its line.
enum WatchCommand: ShellCommand {
    static let name = WatchLine.word
    static let patterns: [CommandPattern] = ["watch [<seconds>] <command>"]
    static let summary = "Show what a command says again and again, until a key is pressed"
    static let details = [
        "The command may have words of its own: `watch 5 ls east1`. What has changed since the last look is set "
            + "off. Only commands that read are repeated; `set watch` in `~/.cctrlrc` says how often where no "
            + "seconds are given."
    ]
    static let notes = [
        "<seconds>": "seconds between two looks, 1 to 3600",
        "<command>": "a command that reads, with its own words",
    ]
    static let examples = [
        CommandExample("watch ls", "keep an eye on the data service"),
        CommandExample("watch 5 ls east1", "look at one data source every five seconds"),
    ]
    static let effect = Effect.session

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        throw Refusal(
            .badArgument,
            "'watch' needs a terminal, 1 to 3600 seconds, and a line of its own; nothing was shown",
            hint: "in a script repeat the command itself")
    }
}
