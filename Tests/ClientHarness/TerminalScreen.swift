/// What a person sees on a terminal: as much of an xterm as the programs here need.
///
/// Redraws jump about, so that the bytes of a program tell little about what stands where.
package struct TerminalScreen {
    private var cells: [[Character]]
    private var columns: Int
    /// Where the next character goes; a full row wraps with the next one.
    package private(set) var cursor = (row: 0, column: 0)
    private var kept: (cells: [[Character]], cursor: (row: Int, column: Int))?
    private var escape: String?

    init(columns: Int, rows: Int) {
        self.columns = columns
        cells = Array(repeating: Self.empty(columns), count: rows)
    }

    private static func empty(_ columns: Int) -> [Character] { Array(repeating: " ", count: columns) }

    /// Rows without the blanks at their ends.
    package var rows: [String] {
        cells.map { row in
            let text = String(row.filter { $0 != "\u{0}" })
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
    }

    package var text: String { rows.joined(separator: "\n") }

    /// All words with one blank between them, wherever rows end.
    package var prose: String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    /// The row with the cursor.
    package var line: String { rows[cursor.row] }

    /// Rows stay as they are, cut or filled; real terminals wrap anew in various ways.
    mutating func resize(columns: Int, rows: Int) {
        self.columns = columns
        cells = cells.map { Array(($0 + Self.empty(columns)).prefix(columns)) }
        while cells.count > rows {
            if cursor.row > 0 {
                cells.removeFirst()
                cursor.row -= 1
            } else {
                cells.removeLast()
            }
        }
        while cells.count < rows { cells.append(Self.empty(columns)) }
        cursor.column = min(cursor.column, columns)
    }

    mutating func take(_ text: String) {
        for scalar in text.unicodeScalars {
            if let open = escape {
                escape = open + String(scalar)
                finishEscape(last: scalar)
            } else {
                take(scalar)
            }
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\u{1b}": escape = ""
        case "\r": cursor.column = 0
        case "\n": lineFeed()
        case "\u{8}": cursor.column = max(0, min(cursor.column, columns - 1) - 1)
        case "\u{7}": break
        default:
            guard scalar.value >= 0x20 else { return }
            let width = scalar.value >= 0x1100 && scalar.value < 0xFF00 ? 2 : 1
            if cursor.column + width > columns {
                cursor.column = 0
                lineFeed()
            }
            cells[cursor.row][cursor.column] = Character(scalar)
            if width == 2 { cells[cursor.row][cursor.column + 1] = "\u{0}" }
            cursor.column += width
        }
    }

    private mutating func lineFeed() {
        guard cursor.row == cells.count - 1 else {
            cursor.row += 1
            return
        }
        cells.removeFirst()
        cells.append(Self.empty(columns))
    }

    private mutating func finishEscape(last: Unicode.Scalar) {
        guard let sequence = escape else { return }
        if sequence.hasPrefix("]") {
            // A title or the like, up to a bell or `ESC \\`.
            if last == "\u{7}" || sequence.hasSuffix("\u{1b}\\") { escape = nil }
            return
        }
        guard sequence.hasPrefix("[") else {
            // Two letters for character sets, one for the rest.
            if !"()".contains(sequence.first ?? "(") || sequence.count == 2 { escape = nil }
            return
        }
        guard sequence.count > 1, last.properties.isAlphabetic || last == "@" else { return }
        escape = nil
        let inside = sequence.dropFirst().dropLast()
        if inside.hasPrefix("?") { return mode(String(inside.dropFirst()), isSet: last == "h") }
        let numbers = inside.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        control(last, numbers)
    }

    /// The other screen, which programs leave as they came.
    private mutating func mode(_ name: String, isSet: Bool) {
        guard name == "1049" else { return }
        if isSet {
            kept = (cells, cursor)
            cells = cells.map { _ in Self.empty(columns) }
        } else if let before = kept {
            cells = before.cells.map { Array(($0 + Self.empty(columns)).prefix(columns)) }
            cursor = before.cursor
            kept = nil
        }
    }

    private mutating func control(_ letter: Unicode.Scalar, _ numbers: [Int]) {
        let count = max(1, numbers.first ?? 1)
        let column = min(cursor.column, columns - 1)
        switch letter {
        case "A": cursor.row = max(0, cursor.row - count)
        case "B": cursor.row = min(cells.count - 1, cursor.row + count)
        case "C": cursor.column = min(columns - 1, column + count)
        case "D": cursor.column = max(0, column - count)
        case "G": cursor.column = min(columns, count) - 1
        case "H":
            cursor.row = min(cells.count, count) - 1
            cursor.column = min(columns, max(1, numbers.count > 1 ? numbers[1] : 1)) - 1
        case "J":
            clear(cursor.row, from: column)
            for row in cells.indices where row > cursor.row { clear(row, from: 0) }
            if numbers.first == 2 { for row in cells.indices { clear(row, from: 0) } }
        case "K": clear(cursor.row, from: column)
        case "P":
            cells[cursor.row].removeSubrange(column..<min(columns, column + count))
            cells[cursor.row] = Array((cells[cursor.row] + Self.empty(columns)).prefix(columns))
        case "@":
            cells[cursor.row].insert(contentsOf: Self.empty(count), at: column)
            cells[cursor.row] = Array(cells[cursor.row].prefix(columns))
        default: break
        }
    }

    private mutating func clear(_ row: Int, from column: Int) {
        for index in column..<columns { cells[row][index] = " " }
    }
}
