import AdminProtocol
import CommandGrammar

/// `datasource <ds> backups [directory]`.
enum BackupsCommand: ShellCommand {
    static let name = "datasource"
    static let patterns: [CommandPattern] = ["datasource <datasource> backups [<directory>]"]
    static let summary = "List the complete backups on a data source's host"
    static let notes = [
        "backups": "the backups on its host", "<directory>": "an absolute path on that host",
    ]
    static let examples = [CommandExample("datasource east3 backups", "name, size and position of each")]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let name = try arguments.neededDataSource("datasource", in: session)
        let backups = try session.ask(BackupsCall(name: name, directory: arguments["directory"]))
        try session.show(backups, rows: Rows(fields: BackupsView.fields, items: backups)) {
            BackupsView(time: session.time).lines(backups)
        }
        return .done
    }
}
