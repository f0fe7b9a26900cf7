/// One command of a table: how it is written and what it is for.
package struct CommandEntry: Hashable, Sendable {
    /// The word it begins with.
    package var name: String
    package var patterns: [CommandPattern]
    /// One line, without a full stop.
    package var summary: String
    /// Paragraphs of the manual; words between backticks are set as typed text.
    package var details: [String]

    package init(name: String, patterns: [CommandPattern], summary: String, details: [String] = []) {
        self.name = name
        self.patterns = patterns
        self.summary = summary
        self.details = details
    }

    /// The words that it can begin with.
    package var heads: [String] {
        patterns.flatMap(\.forms).compactMap { form in
            if case .word(let word) = form.first { word } else { nil }
        }
    }
}

/// One option of a program, as its parser, its help, its completion and its manual page know it.
package struct ProgramOption: Hashable, Sendable {
    /// All spellings, the one to show first.
    package var names: [String]
    /// What its value is called; nil for a flag.
    package var value: String?
    package var summary: String

    package init(_ names: [String], value: String? = nil, summary: String) {
        self.names = names
        self.value = value
        self.summary = summary
    }
}

/// A table of commands, and what can be done with one: match, complete, explain.
package struct Grammar: Sendable {
    package let entries: [CommandEntry]

    package init(_ entries: [CommandEntry]) { self.entries = entries }
}
