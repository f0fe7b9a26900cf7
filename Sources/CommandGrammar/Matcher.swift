/// A line's command and what its places were filled with.
package struct Match: Hashable, Sendable {
    /// Index of the command in the table.
    package var entry: Int
    /// Index of the pattern among the command's.
    package var pattern: Int
    /// The words of named places: as typed for values, in full for choices.
    package var values: [String: String]
    /// The table's own words that were typed, abbreviations resolved.
    package var words: [String]
    /// Where the words of named places stand: offsets into the line's UTF-8.
    package var places: [String: Range<Int>]
    /// Options that were typed, by their first spelling; the value of a flag is empty.
    package var options: [String: String] = [:]
}

extension Grammar {
    /// Finds the one command that a statement means.
    ///
    /// At each place a full word wins over a value, and a value over an abbreviation; an abbreviation must
    /// fit one word only.
    package func match(_ statement: Statement) throws(GrammarError) -> Match {
        if let problem = statement.problem { throw problem }
        let typed = try TypedOptions(statement.tokens, known: entries)
        var live = beginnings
        for (position, token) in typed.words.enumerated() {
            let step = Step(live, token, shapes)
            if step.ambiguous.count > 1 {
                throw GrammarError(
                    "'\(token.text)' can be \(list(step.ambiguous))", at: token.range,
                    hint: "type more of the word")
            }
            guard !step.next.isEmpty else { throw unexpected(token, at: position, live, in: typed.words) }
            live = step.next
        }
        guard let found = live.first(where: \.isComplete) else {
            throw incomplete(live, typed.words, end: statement.range.upperBound)
        }
        var match = found.match
        match.options = try typed.options(of: entries[found.entry], in: statement)
        return match
    }

    private func unexpected(
        _ token: Token, at position: Int, _ live: [Candidate], in words: [Token]
    ) -> GrammarError {
        let shown = live.filter { !$0.isHidden }
        let near = NearestWord.find(token.text, in: shown.flatMap(\.nextWords))
        guard position > 0 else {
            return GrammarError(
                "'\(token.text)' is not a command", at: token.range,
                hint: near.map { "did you mean '\($0)'?" } ?? "type 'help' for all commands")
        }
        let before = words[..<position].map(\.text).joined(separator: " ")
        let expected = list(shown.compactMap { $0.next?.text })
        var hint = near.map { "did you mean '\($0)'?" }
        if hint == nil { hint = expected.isEmpty ? "nothing may follow here" : "expected here: \(expected)" }
        return GrammarError("'\(token.text)' does not fit after '\(before)'", at: token.range, hint: hint)
    }

    private func incomplete(_ live: [Candidate], _ words: [Token], end: Int) -> GrammarError {
        let typed = words.map(\.text).joined(separator: " ")
        let expected = list(live.filter { !$0.isHidden }.compactMap { $0.next?.text })
        return GrammarError(
            "'\(typed)' is not complete", at: end..<end,
            hint: expected.isEmpty ? nil : "expected next: \(expected)")
    }

    private func list(_ words: [String]) -> String {
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }
}
