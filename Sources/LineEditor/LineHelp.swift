/// What helps a person at a prompt; answers to questions go without.
package struct LineHelp {
    /// What TAB offers for a line, at a byte of it.
    package var complete: (_ line: String, _ cursor: Int) -> TabOffer
    /// What `?` shows, at most `columns` wide; nil where the mark is a character of the line like any other.
    package var explain: (_ line: String, _ cursor: Int, _ columns: Int) -> [String]?
    /// Makes one line of several that were pasted.
    package var join: ([String]) -> String
    /// What is looked at while no key comes; not kept alive by this.
    package weak var companion: (any PromptCompanion)?

    package init(
        complete: @escaping (_ line: String, _ cursor: Int) -> TabOffer,
        explain: @escaping (_ line: String, _ cursor: Int, _ columns: Int) -> [String]?,
        join: @escaping ([String]) -> String
    ) {
        self.complete = complete
        self.explain = explain
        self.join = join
    }
}

/// What goes on beside a prompt.
package protocol PromptCompanion: AnyObject {
    /// Watched for input; -1 for none.
    var descriptor: Int32 { get }
    /// Milliseconds after which it wants to be looked at in any case; negative for never.
    var patience: Int32 { get }
    /// There is input, or time has passed: does what can be done without letting a key wait.
    func look()
}
