/// What TAB offers at a place of a line.
package struct Completion: Hashable, Sendable {
    /// Where the word under the cursor begins: an offset into the line's UTF-8.
    package var start: Int
    /// Whole words, sorted, each once.
    package var candidates: [String]

    package init(start: Int, candidates: [String]) {
        self.start = start
        self.candidates = candidates
    }
}

extension Grammar {
    /// Completes the word that ends at `cursor`, an offset into the line's UTF-8.
    ///
    /// - Parameter names: the words for a value such as `<datasource>`, by the value's name; `file:` with what
    ///   is typed of a path asks for files.
    package func complete(_ line: String, cursor: Int, names: (String) -> [String]) -> Completion {
        let place = OpenPlace(line, cursor: cursor)
        let wanted = place.typed.lowercased()
        let start = max(0, place.end - place.typed.utf8.count)
        switch place.kind {
        case .nothing: return Completion(start: place.end, candidates: [])
        case .file:
            return Completion(start: start, candidates: Set(names("file:" + place.typed)).sorted())
        case .word: break
        }
        let live = candidates(after: place.words)
        var found: Set<String> = []
        if place.expectsValue(entries) {
            found.formUnion(place.openOption(entries)?.value.map { names("option:\($0)") } ?? [])
        } else {
            for candidate in live {
                found.formUnion(candidate.nextWords)
                if case .value(let name) = candidate.next { found.formUnion(names(name)) }
            }
            if wanted.hasPrefix("-") { found.formUnion(options(of: live).flatMap(\.names)) }
        }
        return Completion(
            start: start, candidates: found.filter { $0.lowercased().hasPrefix(wanted) }.sorted())
    }

    /// What the line may still become after these words; refused forms are not offered.
    func candidates(after words: [Token]) -> [Candidate] {
        var live = beginnings.filter { !$0.isHidden }
        // Words that are no options; what is wrong with options is told when the line is run.
        for word in OpenPlace.withoutOptions(words, entries) { live = Step(live, word, shapes).next }
        return live
    }

    /// The options of the commands that the line may still become; none before the first word.
    func options(of live: [Candidate]) -> [ProgramOption] {
        var seen: Set<ProgramOption> = []
        let began = live.filter { $0.position > 0 }
        return began.flatMap { entries[$0.entry].options }.filter { seen.insert($0).inserted }
    }
}

/// The unfinished end of a line: what is complete before the cursor, and what is typed of the next word.
struct OpenPlace {
    enum Kind { case word, file, nothing }

    var kind = Kind.word
    /// Finished words of the command under the cursor.
    var words: [Token] = []
    /// What is typed of the word under the cursor; empty after a blank.
    var typed = ""
    /// The cursor: an offset into the line's UTF-8.
    var end: Int

    init(_ line: String, cursor: Int) {
        let bytes = Array(line.utf8)
        end = min(max(0, cursor), bytes.count)
        let text = String(decoding: bytes[..<end], as: UTF8.self)
        // Cut within a character the text is longer than what stands before the cursor.
        let length = text.utf8.count
        if Tokenizer.endsInComment(text) {
            kind = .nothing
            return
        }
        // A mark after the text tells whether its last word is still open: the mark joins that word or stands
        // alone.
        guard let statement = Tokenizer.statements(text + "x").last else { return }
        var tokens = statement.tokens
        let file = [statement.output?.file, statement.input].compactMap { $0 }
            .first { $0.range.upperBound == length + 1 }
        if let file {
            kind = .file
            typed = String(file.text.dropLast())
            words = tokens
            return
        }
        guard let last = tokens.popLast(), last.range.upperBound == length + 1 else { return }
        typed = String(last.text.dropLast())
        words = tokens
    }

    /// Whether the word under the cursor is an option's value.
    func expectsValue(_ entries: [CommandEntry]) -> Bool { openOption(entries) != nil }

    /// The option whose value stands under the cursor.
    func openOption(_ entries: [CommandEntry]) -> ProgramOption? {
        guard words.count > 1, let last = words.last, !last.quoted, last.text.hasPrefix("-") else {
            return nil
        }
        let option = TypedOptions.find(last.text, in: entries)
        return option?.value == nil ? nil : option
    }

    static func withoutOptions(_ words: [Token], _ entries: [CommandEntry]) -> [Token] {
        var kept: [Token] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if !kept.isEmpty, !word.quoted, word.text.hasPrefix("-") {
                let name = word.text.prefix { $0 != "=" }
                if let option = TypedOptions.find(String(name), in: entries) {
                    if option.value != nil && name.count == word.text.count { _ = rest.popFirst() }
                    continue
                }
            }
            kept.append(word)
        }
        return kept
    }
}
