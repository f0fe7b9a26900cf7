/// A line's command and what its places were filled with.
package struct Match: Hashable, Sendable {
    /// Index of the command in the table.
    package var entry: Int
    /// The words of named places: as typed for values, in full for choices.
    package var values: [String: String]
    /// The table's own words that were typed, abbreviations resolved.
    package var words: [String]
}

extension Grammar {
    /// Finds the one command that a statement means.
    ///
    /// At each place a full word wins over a value, and a value over an abbreviation; an abbreviation must
    /// fit one word only.
    package func match(_ statement: Statement) throws(GrammarError) -> Match {
        if let quote = statement.openQuote {
            throw GrammarError(
                "the quote is not closed", at: quote..<statement.range.upperBound,
                hint: "close it, or leave it out")
        }
        var live = beginnings
        for (position, token) in statement.tokens.enumerated() {
            let step = Step(live, token)
            if step.ambiguous.count > 1 {
                throw GrammarError(
                    "'\(token.text)' can be \(list(step.ambiguous))", at: token.range,
                    hint: "type more of the word")
            }
            guard !step.next.isEmpty else { throw unexpected(token, at: position, live, in: statement) }
            live = step.next
        }
        guard let found = live.first(where: \.isComplete) else { throw incomplete(live, statement) }
        return found.match
    }

    /// Every way that the table could begin.
    var beginnings: [Candidate] {
        entries.indices.flatMap { index in
            entries[index].patterns.flatMap { $0.forms.map { Candidate(entry: index, form: $0) } }
        }
    }

    private func unexpected(
        _ token: Token, at position: Int, _ live: [Candidate], in statement: Statement
    ) -> GrammarError {
        let words = live.flatMap(\.nextWords)
        let near = NearestWord.find(token.text, in: words)
        guard position > 0 else {
            return GrammarError(
                "'\(token.text)' is not a command", at: token.range,
                hint: near.map { "did you mean '\($0)'?" } ?? "type 'help' for all commands")
        }
        let before = statement.tokens[..<position].map(\.text).joined(separator: " ")
        let expected = list(live.compactMap { $0.next?.text })
        var hint = near.map { "did you mean '\($0)'?" }
        if hint == nil { hint = expected.isEmpty ? "nothing may follow here" : "expected here: \(expected)" }
        return GrammarError("'\(token.text)' does not fit after '\(before)'", at: token.range, hint: hint)
    }

    private func incomplete(_ live: [Candidate], _ statement: Statement) -> GrammarError {
        let end = statement.range.upperBound
        let typed = statement.tokens.map(\.text).joined(separator: " ")
        return GrammarError(
            "'\(typed)' is not complete", at: end..<end,
            hint: "expected next: \(list(live.compactMap { $0.next?.text }))")
    }

    private func list(_ words: [String]) -> String {
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }
}

/// A form that a line may still become.
struct Candidate {
    var entry: Int
    var form: [CommandPattern.Element]
    var position = 0
    var values: [String: String] = [:]
    var words: [String] = []

    var next: CommandPattern.Element? { position < form.count ? form[position] : nil }
    var isComplete: Bool { position == form.count }
    var match: Match { Match(entry: entry, values: values, words: words) }

    /// The table's own words that may come next.
    var nextWords: [String] {
        switch next {
        case .word(let word): [word]
        case .choice(_, let words): words
        case .value, nil: []
        }
    }

    func taking(word: String) -> Candidate {
        var copy = self
        if case .choice(let name, _) = next { copy.values[name] = word } else { copy.words.append(word) }
        copy.position += 1
        return copy
    }

    func taking(value: String, as name: String) -> Candidate {
        var copy = self
        copy.values[name] = value
        copy.position += 1
        return copy
    }
}

/// One word's effect on the candidates.
struct Step {
    /// What is left after the word; empty where nothing fits.
    var next: [Candidate]
    /// The words that an abbreviation could stand for, where it decided.
    var ambiguous: [String] = []

    init(_ live: [Candidate], _ token: Token) {
        let typed = token.text.lowercased()
        var exact: [Candidate] = []
        var valued: [Candidate] = []
        var abbreviated: [(word: String, candidate: Candidate)] = []
        for candidate in live {
            if case .value(let name) = candidate.next {
                let isOption = token.text.hasPrefix("-") && !token.quoted
                if !isOption && !token.text.isEmpty {
                    valued.append(candidate.taking(value: token.text, as: name))
                }
            }
            for word in candidate.nextWords {
                if word.lowercased() == typed {
                    exact.append(candidate.taking(word: word))
                } else if !typed.isEmpty, !word.hasPrefix("-"), word.lowercased().hasPrefix(typed) {
                    abbreviated.append((word, candidate.taking(word: word)))
                }
            }
        }
        if !exact.isEmpty || !valued.isEmpty {
            next = exact.isEmpty ? valued : exact
            return
        }
        next = abbreviated.map(\.candidate)
        ambiguous = Array(Set(abbreviated.map(\.word))).sorted()
    }
}
