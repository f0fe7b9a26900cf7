/// The lines of an ini file as sections and options; knows no option.
struct IniDocument {
    struct Option {
        var key: String
        var value: String
        var line: Int
    }

    struct Section {
        var name: String
        var line: Int
        var options: [Option] = []
    }

    var sections: [Section] = []

    init(text: String, path: String) throws(ConfigurationError) {
        // Bytes, not characters: to Swift a carriage return with its line feed is one character.
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            var line = trimmed(bytes[...])
            if index == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = trimmed(line.dropFirst(3)) }
            guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else {
                continue
            }
            try add(line, number: index + 1, path: path)
        }
    }

    private mutating func add(_ line: Substring.UTF8View, number: Int, path: String)
        throws(ConfigurationError)
    {
        func failure(_ message: String) -> ConfigurationError {
            ConfigurationError(path: path, line: number, message: message)
        }
        if line.first == UInt8(ascii: "[") {
            guard line.last == UInt8(ascii: "]") else {
                throw failure("the section's name has no closing ']'")
            }
            let name = String(Substring(trimmed(line.dropFirst().dropLast())))
            guard !name.isEmpty else {
                throw failure("the section has no name; write [defaults] or [<site>]")
            }
            if let earlier = sections.first(where: { $0.name == name }) {
                throw failure("section [\(name)] is already at line \(earlier.line); keep one of them")
            }
            sections.append(Section(name: name, line: number))
            return
        }
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
            throw failure("is neither '[section]', 'option=value' nor a comment (# or ;)")
        }
        let key = String(Substring(trimmed(line[..<equals])))
        guard !key.isEmpty else { throw failure("has no option name before '='") }
        guard !sections.isEmpty else {
            throw failure("option '\(key)' stands before the first section; write [defaults] above it")
        }
        let value = String(Substring(trimmed(line[line.index(after: equals)...])))
        sections[sections.count - 1].options.append(Option(key: key, value: value, line: number))
    }
}

/// Without the blanks at both ends.
func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    var rest = bytes
    while let first = rest.first, isBlank(first) { rest.removeFirst() }
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return rest
}

/// Without the blanks at both ends.
func trimmed(_ text: Substring) -> String { String(Substring(trimmed(text.utf8))) }
