/// Colours for the words of the classic output that tell how something is.
///
/// A line keeps every character; only escape sequences come in between, for terminals that want them.
package enum StateColors {
    package enum Color: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case magenta = "35"
    }

    private static let words: [String: Color] = [
        "ONLINE": .green, "OK": .green,
        "OFFLINE": .yellow, "SYNCHRONIZING": .yellow, "WARN": .yellow, "DIMINISHED": .yellow,
        "MAINTENANCE": .yellow, "MANUAL": .yellow, "DEGRADED": .yellow, "SUSPECT": .yellow,
        "UNKNOWN": .yellow,
        "SHUNNED": .magenta,
        "FAILED": .red, "CRITICAL": .red, "STOPPED": .red, "TIMEOUT": .red,
    ]
    private static let heads: [(text: String, color: Color)] = [
        ("ERROR:", .red), ("WARNING:", .yellow), ("NOTE", .yellow),
    ]

    package static func paint(_ text: String, _ color: Color) -> String {
        "\u{1b}[\(color.rawValue)m\(text)\u{1b}[0m"
    }

    /// The line with its states in colour; lines of prose and of JSON stay as they are.
    package static func paint(_ line: String) -> String {
        if let head = heads.first(where: { line.hasPrefix($0.text) }) {
            return paint(head.text, head.color) + line.dropFirst(head.text.count)
        }
        var result = ""
        var word = ""
        var before: Character = line.first == "|" ? " " : "a"
        let isRow = line.first == "|"
        func finish(before mark: Character, after: Character?) -> String {
            let isValue = "=:[(".contains(mark) || isRow && " |".contains(mark)
            guard isValue, after.map({ !"\"'".contains($0) }) ?? true, let color = words[word] else {
                return word
            }
            return paint(word, color)
        }
        for character in line {
            if character.isLetter || character.isNumber || character == "_" || character == "-" {
                word.append(character)
                continue
            }
            result += finish(before: before, after: character)
            word = ""
            result.append(character)
            before = character
        }
        return result + finish(before: before, after: nil)
    }
}
