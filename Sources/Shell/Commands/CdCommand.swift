import AdminProtocol
import CommandGrammar

/// `cd <site>|..`.
enum CdCommand: ShellCommand {
    static let name = "cd"
    static let patterns: [CommandPattern] = ["cd <site>"]
    static let summary = "The same as use; cd .. goes to the root"

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        try session.enter(arguments["site"] ?? "")
        return .done
    }
}
