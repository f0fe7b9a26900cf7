/// One command of a table: how it is written and what it is for.
package struct CommandEntry: Hashable, Sendable {
    /// The word it begins with.
    package var name: String
    package var patterns: [CommandPattern]
    /// One line, without a full stop.
    package var summary: String
    /// Paragraphs of the manual; words between backticks are set as typed text.
    package var details: [String]
    /// What each word of the patterns is for, one line each; a value stands there as `<name>`.
    package var notes: [String: String]
    /// Lines to type, each with what it does.
    package var examples: [CommandExample]
    /// Options that may stand anywhere after the first word.
    package var options: [ProgramOption]
    /// Understood, but neither offered nor listed: forms that are refused with a reason.
    package var isHidden: Bool

    package init(
        name: String, patterns: [CommandPattern], summary: String, details: [String] = [],
        notes: [String: String] = [:], examples: [CommandExample] = [], options: [ProgramOption] = [],
        isHidden: Bool = false
    ) {
        self.name = name
        self.patterns = patterns
        self.summary = summary
        self.details = details
        self.notes = notes
        self.examples = examples
        self.options = options
        self.isHidden = isHidden
    }

    /// The words that it can begin with.
    package var heads: [String] {
        patterns.flatMap(\.forms).flatMap { form -> [String] in
            switch form.first {
            case .word(let word): [word]
            case .choice(_, let words): words
            case .value, nil: []
            }
        }
    }
}

/// A line to type, and what it does.
package struct CommandExample: Hashable, Sendable {
    package var line: String
    /// One line, without a full stop.
    package var effect: String

    package init(_ line: String, _ effect: String) {
        self.line = line
        self.effect = effect
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

    /// Whether `word` is one of its spellings, with one dash or with two.
    package func isNamed(_ word: String) -> Bool {
        let bare = word.drop { $0 == "-" }
        guard bare.count > 1 || names.contains(word) else { return false }
        return word.hasPrefix("-") && names.contains { $0.drop { $0 == "-" } == bare }
    }
}

/// A table of commands, and what can be done with one: match, complete, explain.
package struct Grammar: Sendable {
    package let entries: [CommandEntry]
    /// What the values of patterns stand for, by name; a command's own notes come first.
    let notes: [String: String]
    /// Values that are of one form only, by name.
    let shapes: [String: @Sendable (String) -> Bool]
    /// Every way that the table could begin.
    let beginnings: [Candidate]

    package init(
        _ entries: [CommandEntry], notes: [String: String] = [:],
        shapes: [String: @Sendable (String) -> Bool] = [:]
    ) {
        self.entries = entries
        self.notes = notes
        self.shapes = shapes
        beginnings = entries.indices.flatMap { index in
            entries[index].patterns.enumerated().flatMap { number, pattern in
                pattern.forms.map {
                    Candidate(entry: index, pattern: number, form: $0, isHidden: entries[index].isHidden)
                }
            }
        }
    }
}
