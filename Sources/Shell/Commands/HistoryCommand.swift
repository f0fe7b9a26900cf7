import AdminProtocol
import CommandGrammar

/// `history [n]`, `history show <id>`.
enum HistoryCommand: ShellCommand {
    static let name = "history"
    static let patterns: [CommandPattern] = ["history [<count>]", "history show <entry>"]
    static let summary = "Show who did what in the data service, when, and how it ended"
    static let details = [
        "The newest entry comes first; without a number 20 of them. `history show` shows one with the lines "
            + "that were printed, and of a switch, a failover or a recovery how long each step took. What the managers do by "
            + "themselves is there too, by `rules`. The newest 1000 entries are kept, none for longer than "
            + "90 days."
    ]
    static let notes = [
        "<count>": "how many entries, from 1 to 1000", "show": "one entry with its lines",
        "<entry>": "the ID of an entry",
    ]
    static let examples = [
        CommandExample("history 5", "the last five"),
        CommandExample("history show 4711-3", "one of them, with its lines"),
        CommandExample("history --fields startedAt,by,command", "a table for scripts"),
    ]

    private static let usual = 20

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        if let id = arguments["entry"] {
            return try session.show(entryOfJournal: id)
        }
        let word = arguments["count"]
        guard let count = word.map({ Int($0) }) ?? usual, (1...1000).contains(count) else {
            throw Refusal(
                .badArgument, "'\(word ?? "")' is not a number from 1 to 1000", hint: "history 20")
        }
        let entries = try session.ask(HistoryCall(limit: count))
        return try session.show(journal: entries)
    }
}

extension Session {
    /// One entry of the journal, with its lines.
    func show(entryOfJournal id: String) throws(Refusal) -> Ending {
        let entry = try ask(HistoryEntryCall(id: id))
        try show(entry, rows: Rows(fields: HistoryView.fields, items: [entry])) {
            HistoryView(time: time).lines(entry)
        }
        return .done
    }

    /// Entries of the journal, a line each.
    func show(journal entries: [OperationRecord]) throws(Refusal) -> Ending {
        try show(entries, rows: Rows(fields: HistoryView.fields, items: entries)) {
            HistoryView(time: time).lines(entries)
        }
        return .done
    }
}
