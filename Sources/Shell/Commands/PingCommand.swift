import AdminProtocol
import CommandGrammar

/// `ping [<host>]`.
enum PingCommand: ShellCommand {
    static let name = "ping"
    static let patterns: [CommandPattern] = ["ping [<host>]"]
    static let summary = "Test whether the hosts of the data service answer"

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let host = try arguments.dataSource("host", in: session)
        PingView.lines(try session.ask(PingCall(host: host))).forEach(session.screen.print)
        return .done
    }
}
