import AdminProtocol
import CommandGrammar

/// `logical`.
enum LogicalCommand: ShellCommand {
    static let name = "logical"
    static let patterns: [CommandPattern] = ["logical"]
    static let summary = "Leave expert mode"

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        session.isExpert = false
        return .done
    }
}
