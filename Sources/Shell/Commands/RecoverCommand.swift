import AdminProtocol
import CommandGrammar

/// `recover`, `recover master using <datasource>`.
enum RecoverCommand: ShellCommand {
    static let name = "recover"
    static let patterns: [CommandPattern] = ["recover", "recover master using <datasource>"]
    static let summary = "Bring back every data source that can be brought back"
    static let details = [
        "That is all that is not ONLINE, also what was shunned, drained or put OFFLINE by hand. Under the policy AUTOMATIC "
            + "it is ONLINE then, else OFFLINE: `datasource <ds> online`.",
        "What cannot follow the primary gets a copy of another data source's data, as by `datasource <ds> "
            + "reprovision`. Transactions that only one had are saved before: `datasource <ds> tails` lists them. "
            + "Where clients may know of those, it needs `set force true`. `--plan` tells which way it would be.",
        "`recover master using` is for a data service without a working primary: it is `set master`, then "
            + "`recover`. It needs `set force true`, and is an expert-level command.",
    ]
    static let notes = [
        "master": "where no primary works: make one first", "using": "the data source to be the primary",
    ]
    static let examples = [
        CommandExample("recover", "after the cause of a failure is mended"),
        CommandExample("set force true; recover master using east2", "where no primary is left"),
    ]
    static let effect = Effect.changes

    static func isExpert(_ arguments: Arguments, in session: Session) -> Bool { arguments.has("master") }

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        var ending = Ending.done
        if arguments.has("master") {
            ending = try MasterByHand(session).set(arguments.neededDataSource("datasource", in: session))
        }
        let rest = try session.perform(RecoverCall(force: session.force))
        return ending == .done ? rest : ending
    }
}
