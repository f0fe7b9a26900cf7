import AdminProtocol
import CommandGrammar

/// `help [<command> [<word>]]`, `? ...`.
enum HelpCommand: ShellCommand {
    static let name = "help"
    static let patterns: [CommandPattern] = ["help [<command> [<word>]]", "? [<command> [<word>]]"]
    static let summary = "Explain all commands, one, or one of its words"
    static let notes = ["?": "the same as help", "<word>": "a word of the command, such as a verb"]
    static let examples = [
        CommandExample("help switch", "everything about a command"),
        CommandExample("help datasource shun", "one of its verbs"),
    ]
    static let effect = Effect.session

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let grammar = session.grammar
        guard let word = arguments["command"] else {
            grammar.overview().forEach(session.screen.print)
            session.screen.print("")
            session.screen.print("Commands may be shortened, and parted by ';'. 'help <command>' says more.")
            return .done
        }
        let heads = grammar.entries.filter { !$0.isHidden }.flatMap(\.heads)
        guard let lines = grammar.help(about: word) else {
            let near = NearestWord.find(word, in: heads)
            throw Refusal(
                .badArgument, "there is no command '\(word)'",
                hint: near.map { "did you mean '\($0)'?" } ?? "type 'help' for all commands")
        }
        guard let part = arguments["word"]?.lowercased() else {
            lines.forEach(session.screen.print)
            return .done
        }
        let notes = grammar.entries.filter {
            !$0.isHidden && $0.heads.contains { $0.hasPrefix(word.lowercased()) }
        }
        .flatMap(\.notes).filter { $0.key.hasPrefix(part) }.sorted { $0.key < $1.key }
        guard !notes.isEmpty else {
            throw Refusal(.badArgument, "'\(word)' has no word '\(part)'", hint: "type 'help \(word)'")
        }
        for note in notes { session.screen.print("\(note.key): \(note.value)") }
        return .done
    }
}
