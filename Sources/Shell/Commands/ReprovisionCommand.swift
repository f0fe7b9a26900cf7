import AdminProtocol
import CommandGrammar

/// `datasource <ds> reprovision [from <ds>]`.
enum ReprovisionCommand: ShellCommand {
    static let name = "datasource"
    static let patterns: [CommandPattern] = ["datasource <datasource> reprovision [from <host>]"]
    static let summary = "Give a data source a copy of another one's data"
    static let details = [
        "The managers copy the data of an ONLINE replica, or of the primary where there is no replica, while it "
            + "serves, over their own encrypted connection; then they put the copy in the place of the old data and "
            + "let it replicate. The old data is put aside, and the outcome says where. The copying ends with cctrl and "
            + "changes nothing (at a terminal Ctrl-C ends only the wait); the exchange goes on. Whatever ends it, the same command again, or "
            + "`datasource <ds> recover`, goes on from there.",
        "Transactions that only this data source has are saved first: `datasource <ds> tails` lists the files. "
            + "Where clients may have been told that those are safe, it needs `set force true`; an ONLINE data "
            + "source needs that too. `recover` re-provisions by itself what cannot be brought back otherwise. "
            + "It is an expert-level command.",
    ]
    static let notes = [
        "reprovision": "replace its data by a copy of another's", "from": "a data source of your choice",
        "<host>": "the data source to copy",
    ]
    static let examples = [
        CommandExample("datasource east3 reprovision", "whatever state its data is in"),
        CommandExample("datasource east3 reprovision from east2", "a copy of a data source of your choice"),
    ]
    static let effect = Effect.changes

    static func isExpert(_ arguments: Arguments, in session: Session) -> Bool { true }

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let name = try arguments.neededDataSource("datasource", in: session)
        let source = try arguments.dataSource("host", in: session)
        return try session.perform(ReprovisionCall(name: name, source: source, force: session.force))
    }
}
