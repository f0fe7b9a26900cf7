/// The classic boxes: `+`, 81 dashes, `+` around rows of 80 columns and a blank.
///
/// Texts of 78 columns and more are wrapped between words; no row is ever wider or narrower than the box.
package enum Box {
    /// Columns of a row's text.
    package static let width = 80
    /// The longest text that stays on one row.
    private static let longest = width - 3

    package static let separator = separator(width)

    /// The rows of one text.
    ///
    /// - Parameter hanging: columns by which the second continuation and all later ones are set in.
    package static func rows(_ text: String, hanging: Int = 0) -> [String] {
        let lines = SafeText.clean(text).split(omittingEmptySubsequences: false) { $0.isNewline }
        return lines.flatMap { line in
            let flat = String(line).replacing("\t", with: "  ")
            return DisplayWidth.of(flat) <= longest
                ? [row(flat)] : wrap(flat, first: longest) { $0 == 1 ? 0 : hanging }.map(row)
        }
    }

    /// The rows of `key:    value`, the key set to the right in 30 columns; a long value goes on under
    /// itself.
    package static func property(_ key: String, _ value: String) -> [String] {
        let head = String(repeating: " ", count: max(0, 30 - DisplayWidth.of(key))) + key + ":    "
        let indent = DisplayWidth.of(head)
        let flat = SafeText.clean(value).replacing("\n", with: " ").replacing("\t", with: "  ")
        guard indent + DisplayWidth.of(flat) > longest else { return [row(head + flat)] }
        var lines = wrap(flat, first: longest - indent) { _ in indent }
        if let first = lines.first { lines[0] = head + first }
        return lines.map(row)
    }

    /// A box around rows made before.
    package static func around(_ rows: [String]) -> [String] { [separator] + rows + [separator] }

    // MARK: in a narrow window

    /// A box's line as a window of fewer columns shows it, a long one set in under its beginning; others as they are.
    ///
    /// The classic width is for programs and wide windows: in one of 80 columns each row would be followed by a lone bar.
    package static func narrowed(_ line: String, columns: Int) -> [String] {
        let room = max(columns, narrowest) - frame
        guard room < width, DisplayWidth.of(line) == width + frame else { return [line] }
        if line == separator { return [separator(room)] }
        guard line.hasPrefix("|"), line.hasSuffix(" |") else { return [line] }
        let text = String(line.dropFirst().dropLast(2)).withoutTrailingBlanks
        guard DisplayWidth.of(text) > room else { return [row(text, width: room)] }
        // A value goes on under itself, as far as there is room.
        let head = propertyHead(text, room: room)
        let start =
            head.map { text.index(text.startIndex, offsetBy: $0.count) } ?? text.firstIndex { $0 != " " }
        let value = String(text[(start ?? text.startIndex)...])
        let indent = min(DisplayWidth.of(text) - DisplayWidth.of(value), room / 3)
        let first = head ?? String(repeating: " ", count: indent)
        var lines = wrap(value, first: room - DisplayWidth.of(first), longest: room) { _ in indent }
        lines[0] = first + lines[0]
        return lines.map { row($0, width: room) }
    }

    /// What stands before a property's value; nil in other texts, and where it leaves the value no room.
    private static func propertyHead(_ text: String, room: Int) -> String? {
        guard let end = text.firstRange(of: ":    ")?.upperBound else { return nil }
        let head = String(text[..<end])
        let isKey = !head.dropLast(5).drop { $0 == " " }.contains(" ")
        return isKey && DisplayWidth.of(head) < room ? head : nil
    }

    /// A window of fewer columns breaks the rows.
    private static let narrowest = 48
    /// The columns of a row's bars, and of the blank before the second.
    private static let frame = 3

    private static func separator(_ width: Int) -> String {
        "+" + String(repeating: "-", count: width + 1) + "+"
    }

    private static func row(_ text: String) -> String { row(text, width: width) }

    private static func row(_ text: String, width: Int) -> String {
        "|" + text + String(repeating: " ", count: max(0, width - DisplayWidth.of(text))) + " |"
    }

    /// Fills lines word by word; a word too long for a line is cut and goes on in the next.
    ///
    /// - Parameters:
    ///   - first: columns of the first line.
    ///   - longest: columns of all others.
    ///   - indent: blanks before each continuation, counted from 1.
    private static func wrap(_ text: String, first: Int, longest: Int = Box.longest, indent: (Int) -> Int)
        -> [String]
    {
        var lines: [String] = []
        var line = ""
        var used = 0
        var room = max(1, first)

        func margin(_ number: Int) -> Int { min(max(0, indent(number)), longest / 2) }
        func next() {
            lines.append(line)
            let blanks = margin(lines.count)
            line = String(repeating: " ", count: blanks)
            used = 0
            room = longest - blanks
        }
        for word in text.split(separator: " ") {
            let size = DisplayWidth.of(word)
            // The line that has a head has less room than those that follow: what fits there whole is not cut here.
            if used == 0, lines.isEmpty, size > room, size <= longest - margin(1) { next() }
            if used > 0 {
                if used + 1 + size <= room {
                    line += " " + word
                    used += 1 + size
                    continue
                }
                next()
            }
            for character in word {
                let columns = DisplayWidth.of(character)
                if used > 0 && used + columns > room { next() }
                line.append(character)
                used += columns
            }
        }
        if used > 0 || lines.isEmpty { lines.append(line) }
        return lines
    }
}

extension String {
    /// Without the blanks at its end.
    fileprivate var withoutTrailingBlanks: String {
        String(prefix(upTo: lastIndex { $0 != " " }.map(index(after:)) ?? startIndex))
    }
}
