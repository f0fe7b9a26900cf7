import CommandGrammar

/// What TAB offers for a command line of the login shell, such as `cctrl -host ea` or `cctrl -e 'datasource
/// ea`.
package enum CommandLineCompletion {
    /// - Parameters:
    ///   - point: the cursor, as an offset into the line's UTF-8.
    ///   - names: the words for a value of a command (`datasource`), and for `host` and `site`.
    /// - Returns: whole words; inside quotes the whole quoted text, since shells take that for one word.
    package static func words(_ line: String, point: Int, names: (String) -> [String]) -> [String] {
        let bytes = Array(line.utf8)
        let before = String(decoding: bytes[..<min(max(0, point), bytes.count)], as: UTF8.self)
        var typed = Tokenizer.statements(before).last?.tokens ?? []
        guard !typed.isEmpty else { return [] }
        typed.removeFirst()
        var current = ""
        if let last = typed.last, last.range.upperBound == before.utf8.count {
            current = last.text
            typed.removeLast()
        }
        if let option = typed.last.flatMap({ OptionTable.find($0.text) }), option.value != nil {
            return values(of: option, current, names)
        }
        return OptionTable.all.flatMap(\.names).filter { $0.hasPrefix(current) }
    }

    /// The options typed before the cursor: they decide whose names are offered.
    ///
    /// Commands and unfinished options are left out; what cannot be understood yet counts for nothing.
    package static func options(_ line: String, point: Int) -> Options {
        let bytes = Array(line.utf8)
        let before = String(decoding: bytes[..<min(max(0, point), bytes.count)], as: UTF8.self)
        // The word under the cursor is not finished.
        let tokens =
            Tokenizer.statements(before).last?.tokens.filter { $0.range.upperBound < before.utf8.count } ?? []
        var words = tokens.map(\.text).dropFirst()
        var kept: [String] = []
        while let word = words.popFirst() {
            guard let option = OptionTable.find(word), option.value != nil, let value = words.popFirst()
            else { continue }
            if !["-e", "-f"].contains(option.names.first) { kept += [word, value] }
        }
        return (try? OptionParser.parse(kept)) ?? Options()
    }

    private static func values(of option: ProgramOption, _ current: String, _ names: (String) -> [String])
        -> [String]
    {
        switch option.names.first {
        case "-e":
            let offer = CommandTable.grammar.complete(current, cursor: current.utf8.count, names: names)
            let kept = String(decoding: Array(current.utf8)[..<offer.start], as: UTF8.self)
            return offer.candidates.map { kept + $0 }
        case "-host": return names("configured-host").filter { $0.hasPrefix(current) }
        case "-service": return names("site").filter { $0.hasPrefix(current) && $0 != ".." }.sorted()
        default: return []
        }
    }
}
