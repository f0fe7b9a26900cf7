import AdminProtocol
import CommandGrammar

/// `recover`.
enum RecoverCommand: ShellCommand {
    static let name = "recover"
    static let patterns: [CommandPattern] = ["recover"]
    static let summary = "Bring back every data source that can be brought back"

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        try session.perform(RecoverCall(force: session.force))
    }
}
