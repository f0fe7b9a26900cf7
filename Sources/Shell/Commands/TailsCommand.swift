import AdminProtocol
import CommandGrammar

/// `datasource <ds> tails`.
enum TailsCommand: ShellCommand {
    static let name = "datasource"
    static let patterns: [CommandPattern] = ["datasource <datasource> tails"]
    static let summary = "List transactions that were saved before a data source gave them up"
    static let details = [
        "Transactions that only an old primary had are written to two files on its host before they are removed: "
            + "one to read, and a binary log from which `mariadb-binlog` makes statements that can be replayed."
    ]
    static let notes = ["tails": "transactions saved on its host"]
    static let examples = [CommandExample("datasource east1 tails", "the files, and what is in them")]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let name = try arguments.neededDataSource("datasource", in: session)
        let tails = try session.ask(TailsCall(name: name))
        try session.show(tails, rows: Rows(fields: TailsView.fields, items: tails)) {
            TailsView(time: session.time).lines(tails)
        }
        return .done
    }
}
