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
    /// - Parameter names: the words for a value such as `<datasource>`, by the value's name.
    package func complete(_ line: String, cursor: Int, names: (String) -> [String]) -> Completion {
        let bytes = Array(line.utf8)
        let end = min(max(0, cursor), bytes.count)
        let prefix = String(decoding: bytes[..<end], as: UTF8.self)
        let statement = openStatement(prefix)
        var words = statement?.tokens ?? []
        var typed = ""
        var start = end
        if let last = words.last, last.range.upperBound == end {
            typed = last.text
            start = max(0, end - last.text.utf8.count)
            words.removeLast()
        }
        var live = beginnings
        for word in words { live = Step(live, word).next }

        var found: Set<String> = []
        for candidate in live {
            found.formUnion(candidate.nextWords)
            if case .value(let name) = candidate.next { found.formUnion(names(name)) }
        }
        let wanted = typed.lowercased()
        return Completion(
            start: start, candidates: found.filter { $0.lowercased().hasPrefix(wanted) }.sorted())
    }

    /// The command that the end of the text still belongs to; nil where a new one begins.
    private func openStatement(_ text: String) -> Statement? {
        // A mark after the text tells whether its last word is still open: the mark joins that word or stands
        // alone.
        guard var statement = Tokenizer.statements(text + "x").last else { return nil }
        guard var last = statement.tokens.popLast() else { return nil }
        guard last.range.upperBound == text.utf8.count + 1 else { return nil }
        last.text.removeLast()
        last.range = last.range.lowerBound..<text.utf8.count
        if !last.range.isEmpty { statement.tokens.append(last) }
        return statement
    }
}
