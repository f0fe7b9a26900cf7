import AdminProtocol
import CommandGrammar

/// One command of the shell: how it is written, what it is for, what it does.
package protocol ShellCommand: SendableMetatype {
    /// The word it begins with.
    static var name: String { get }
    static var patterns: [CommandPattern] { get }
    /// One line, without a full stop.
    static var summary: String { get }
    /// Paragraphs of help and manual.
    static var details: [String] { get }

    /// Whether these words need a practised hand: outside expert mode the shell asks first.
    static func isExpert(_ arguments: Arguments, in session: Session) -> Bool
    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending
}

extension ShellCommand {
    package static var details: [String] { [] }

    package static func isExpert(_ arguments: Arguments, in session: Session) -> Bool { false }

    /// What the table keeps of it.
    static var entry: CommandEntry {
        CommandEntry(name: name, patterns: patterns, summary: summary, details: details)
    }
}

/// How a command ended.
package enum Ending: Hashable, Sendable {
    case done
    /// Done, and something is left to do: the output says what.
    case followUp
    /// Not done; the status is for `cctrl` to exit with.
    case failed(Int32)
    /// The user wants to leave.
    case leave

    /// The exit status of a script that ends here.
    package var exitStatus: Int32 {
        switch self {
        case .done, .leave: 0
        case .followUp: ReplyCode.followUpNeeded.exitStatus
        case .failed(let status): status
        }
    }
}
