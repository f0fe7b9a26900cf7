import AdminProtocol
import CommandGrammar

/// `quit`, `exit`.
enum QuitCommand: ShellCommand {
    static let name = "quit"
    static let patterns: [CommandPattern] = ["quit", "exit"]
    static let summary = "Leave the shell"
    static let notes = ["exit": "the same"]
    static let effect = Effect.session
    static let options: [ProgramOption] = []

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending { .leave }
}
