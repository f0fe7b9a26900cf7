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
