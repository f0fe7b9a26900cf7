import AdminProtocol
import CommandGrammar

/// `ping [<host>]`.
enum PingCommand: ShellCommand {
    static let name = "ping"
    static let patterns: [CommandPattern] = ["ping [<host>]"]
    static let summary = "Test whether the hosts of the data service answer"
    static let examples = [CommandExample("ping east2", "one host")]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let host = try arguments.dataSource("host", in: session)
        let results = try session.ask(PingCall(host: host))
        try session.show(results, rows: Rows(fields: PingView.fields, items: results)) {
            PingView.lines(results)
        }
        return .done
    }
}
