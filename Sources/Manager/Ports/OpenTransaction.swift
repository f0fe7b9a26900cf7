/// A session that a switch would have to wait for, or to break.
package struct OpenTransaction: Hashable, Sendable {
    /// The server's number of the session.
    package var session: Int
    /// The same as long as it is the same transaction, or the same statement outside of one.
    package var identity: String
    /// Whether a statement runs now.
    package var isRunning: Bool
    /// User, host, age and statement, for people.
    package var text: String

    package init(session: Int, identity: String, isRunning: Bool, text: String) {
        self.session = session
        self.identity = identity
        self.isRunning = isRunning
        self.text = text
    }
}
