import AdminProtocol
import CommandGrammar

/// `help [<command>]`.
enum HelpCommand: ShellCommand {
    static let name = "help"
    static let patterns: [CommandPattern] = ["help [<command>]", "? [<command>]"]
    static let summary = "Explain all commands, or one"

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let grammar = CommandTable.grammar
        guard let word = arguments["command"] else {
            grammar.overview().forEach(session.screen.print)
            session.screen.print("")
            session.screen.print("Commands may be shortened, and parted by ';'. 'help <command>' says more.")
            return .done
        }
        guard let lines = grammar.help(about: word) else {
            let near = NearestWord.find(word, in: grammar.entries.flatMap(\.heads))
            throw Refusal(
                .badArgument, "there is no command '\(word)'",
                hint: near.map { "did you mean '\($0)'?" } ?? "type 'help' for all commands")
        }
        lines.forEach(session.screen.print)
        return .done
    }
}
