/// Why the sandbox could not do what was asked, what was left as it was, and what to type next.
package struct SandboxError: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String
    /// Empty where there is nothing to advise.
    package var hint: String

    package init(_ message: String, hint: String = "") {
        self.message = message
        self.hint = hint
    }

    package var description: String { hint.isEmpty ? message : "\(message)\nHint: \(hint)" }

    /// What was tried, with the reason of the last system call.
    static func system(_ action: String) -> Self { Self("cannot \(action): \(systemReason())") }
}
