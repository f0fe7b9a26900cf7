/// Where a shell's output goes, and where its questions are answered.
package protocol Screen: AnyObject {
    /// Writes one line of output.
    func print(_ line: String)
    /// Writes one line of complaint: the error output of scripts, the screen of people.
    func complain(_ line: String)
    /// Makes sure that everything written can be seen.
    func flush()
    /// Asks a person; nil where there is none, or where they did not answer.
    func ask(_ question: String) -> String?
    /// Whether a person is there.
    var isInteractive: Bool { get }
}
