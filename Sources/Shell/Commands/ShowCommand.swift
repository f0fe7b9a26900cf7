import AdminProtocol
import CommandGrammar

/// `show topology`.
enum ShowCommand: ShellCommand {
    static let name = "show"
    static let patterns: [CommandPattern] = ["show topology"]
    static let summary = "Show how the site is built, and its cross-site services"

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        TopologyView.lines(try session.ask(TopologyCall())).forEach(session.screen.print)
        return .done
    }
}
