/// Lines measured against a window.
package enum ScreenText {
    /// Rows that a line takes; one at least.
    package static func rows(_ line: String, columns: Int) -> Int {
        max(1, (DisplayWidth.of(line) + max(1, columns) - 1) / max(1, columns))
    }

    /// As much of a line as fits.
    package static func cut(_ line: String, columns: Int) -> String {
        var left = columns
        return String(
            line.prefix { character in
                left -= DisplayWidth.of(character)
                return left >= 0
            })
    }

    /// Prose in lines that fit, broken between words and set in under its beginning.
    ///
    /// Tables, boxes and what programs read stay whole, and hints too: what they tell to type is copied in one piece.
    package static func folded(_ line: String, columns: Int) -> [String] {
        guard DisplayWidth.of(line) > columns, isProse(line) else { return [line] }
        var lines: [String] = []
        let blanks = line.prefix { $0 == " " }.count
        let margin = String(repeating: " ", count: min(blanks + hanging(line.dropFirst(blanks)), columns / 2))
        var current = String(line.prefix(blanks))
        var isEmpty = true
        for word in line.dropFirst(blanks).split(separator: " ") {
            if !isEmpty, DisplayWidth.of(current) + 1 + DisplayWidth.of(word) > columns {
                lines.append(current)
                current = margin
                isEmpty = true
            }
            current += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [current]
    }

    private static func isProse(_ line: String) -> Bool {
        guard let first = line.first, !"|+{[".contains(first), !line.hasPrefix("Hint:") else { return false }
        let text = line.drop { $0 == " " }
        return !text.isEmpty && !text.contains("\t") && !text.contains("  ")
    }

    /// Columns by which what follows is set in: under the text of a numbered line, else by two.
    private static func hanging(_ text: Substring) -> Int {
        let digits = text.prefix { $0.isWholeNumber }.count
        return digits > 0 && text.dropFirst(digits).hasPrefix(". ") ? digits + 2 : 2
    }

    /// The line with what differs from an earlier one set off, for windows that are drawn again and again.
    package static func marked(_ line: String, against old: String) -> String {
        let before = Array(old)
        var result = ""
        var isMarked = false
        for (index, character) in line.enumerated() {
            let differs = index >= before.count || before[index] != character
            if differs != isMarked {
                result += differs ? "\u{1b}[7m" : "\u{1b}[0m"
                isMarked = differs
            }
            result.append(character)
        }
        return result + (isMarked ? "\u{1b}[0m" : "")
    }
}
