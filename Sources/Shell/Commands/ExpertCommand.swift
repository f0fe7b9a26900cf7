import AdminProtocol
import CommandGrammar

/// `expert`.
enum ExpertCommand: ShellCommand {
    static let name = "expert"
    static let patterns: [CommandPattern] = ["expert"]
    static let summary = "Enter expert mode: expert-level commands run without a question"

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        // A script that says `expert` has said what it wants; only a person is asked.
        if session.screen.isInteractive, try !session.confirm(name) { return .done }
        session.isExpert = true
        return .done
    }
}
