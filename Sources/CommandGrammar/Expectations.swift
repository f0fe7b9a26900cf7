/// One line of the answer to `?`: something that can come next, and what it is for.
package struct Expectation: Hashable, Sendable {
    /// The word to type; `<name>` for a value whose words are not known, `<Enter>` where the line may end.
    package var word: String
    /// One line, without a full stop.
    package var note: String

    package init(word: String, note: String) {
        self.word = word
        self.note = note
    }
}

extension Grammar {
    /// What can come at `cursor`, an offset into the line's UTF-8: the answer to `?`.
    ///
    /// Right after a word it is what the word can become, after a blank what may follow. Empty where the line
    /// is wrong before the cursor, and in comments.
    ///
    /// - Parameter names: the known words for a value such as `<datasource>`, by the value's name, each with a
    ///   note.
    package func expectations(
        _ line: String, cursor: Int, names: (String) -> [Expectation]
    ) -> [Expectation] {
        let place = OpenPlace(line, cursor: cursor)
        switch place.kind {
        case .nothing: return []
        case .file: return [Expectation(word: "<file>", note: "the name of a file")]
        case .word: break
        }
        if let option = place.openOption(entries) {
            return [Expectation(word: option.value ?? "", note: option.summary)]
        }
        let live = candidates(after: place.words)
        var list: [Expectation] = []
        for candidate in live { list += next(of: candidate, names) }
        if place.typed.isEmpty || place.typed.hasPrefix("-") {
            list += options(of: live).compactMap { option in
                option.names.first.map {
                    Expectation(
                        word: $0 + (option.value.map { " " + $0 } ?? ""), note: Self.line(option.summary))
                }
            }
        }
        let wanted = place.typed.lowercased()
        var seen: Set<String> = []
        var shown = list.filter { expectation in
            let fits =
                expectation.word.hasPrefix("<")
                ? wanted.isEmpty || !list.contains { $0.word.lowercased().hasPrefix(wanted) }
                : expectation.word.lowercased().hasPrefix(wanted)
            return fits && seen.insert(expectation.word).inserted
        }
        if wanted.isEmpty, !place.words.isEmpty, live.contains(where: \.isComplete) {
            shown.insert(Expectation(word: "<Enter>", note: "run the command as it stands"), at: 0)
        }
        return shown
    }

    private func next(of candidate: Candidate, _ names: (String) -> [Expectation]) -> [Expectation] {
        let entry = entries[candidate.entry]
        if case .value(let name) = candidate.next {
            let known = names(name)
            guard known.isEmpty else { return known }
            let note = entry.notes["<\(name)>"] ?? notes[name] ?? ""
            return [Expectation(word: "<\(name)>", note: note)]
        }
        return candidate.nextWords.map { word in
            let note = entry.notes[word] ?? (candidate.position == 0 ? entry.summary : "")
            return Expectation(word: word, note: note)
        }
    }

    /// A sentence as a note of a list.
    private static func line(_ sentence: String) -> String {
        let first = sentence.ranges(of: ". ").first.map { sentence[..<$0.lowerBound] } ?? sentence[...]
        return first.hasSuffix(".") ? String(first.dropLast()) : String(first)
    }
}
