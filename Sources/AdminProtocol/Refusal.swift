/// An answer that is not a result: a stable code, one sentence, and what to do next.
package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    package var code: ReplyCode
    /// One sentence: what is wrong, and what was left unchanged.
    package var message: String
    /// What to type next, where there is something to type.
    package var hint: String?

    package init(_ code: ReplyCode, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { hint.map { "\(message) (\($0))" } ?? message }
}
