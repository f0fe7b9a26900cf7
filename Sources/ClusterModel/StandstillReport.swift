/// A server has received transactions, and for a while has executed none of them.
///
/// A long transaction or a change of a large table does that too; a wait that never ends looks the same from outside.
package struct StandstillReport: Codable, Hashable, Sendable {
    /// For so long, in seconds.
    package var seconds: Double
    /// What those do that should execute, in the server's words; empty where it did not say.
    package var doing: [String]

    package init(seconds: Double, doing: [String] = []) {
        self.seconds = seconds
        self.doing = doing
    }
}
