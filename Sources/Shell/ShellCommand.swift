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
    /// What each word of the patterns is for, one line each; a value stands there as `<name>`.
    static var notes: [String: String] { get }
    static var examples: [CommandExample] { get }
    static var options: [ProgramOption] { get }
    static var effect: Effect { get }
    /// Understood, but neither offered nor listed.
    static var isHidden: Bool { get }

    /// Whether these words need a practised hand: outside expert mode the shell asks first.
    static func isExpert(_ arguments: Arguments, in session: Session) -> Bool
    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending
}

/// What a command does to the cluster.
package enum Effect: Hashable, Sendable {
    /// Nothing: only the session changes.
    case session
    /// It asks.
    case reads
    /// It changes something, or may.
    case changes
}

extension ShellCommand {
    package static var details: [String] { [] }
    package static var notes: [String: String] { [:] }
    package static var examples: [CommandExample] { [] }
    package static var effect: Effect { .reads }
    package static var isHidden: Bool { false }

    package static var options: [ProgramOption] {
        switch effect {
        case .session: [CommonOptions.json]
        case .reads: CommonOptions.reading
        case .changes: CommonOptions.changing
        }
    }

    package static func isExpert(_ arguments: Arguments, in session: Session) -> Bool { false }

    /// What the table keeps of it.
    static var entry: CommandEntry {
        CommandEntry(
            name: name, patterns: patterns, summary: summary, details: details, notes: notes,
            examples: examples, options: options, isHidden: isHidden)
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
