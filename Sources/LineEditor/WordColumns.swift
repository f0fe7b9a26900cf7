/// Words side by side, for a list of what TAB found.
package enum WordColumns {
    /// Column after column, as `ls` does it; one line feed after each row.
    package static func text(_ words: [String], width: Int) -> String {
        let wide = (words.map(\.count).max() ?? 0) + 2
        let columns = max(1, width / wide)
        let rows = (words.count + columns - 1) / columns
        var text = ""
        for row in 0..<rows {
            let cells = stride(from: row, to: words.count, by: rows).map { words[$0] }
            for (index, cell) in cells.enumerated() {
                text += cell
                if index < cells.count - 1 { text += String(repeating: " ", count: wide - cell.count) }
            }
            text += "\n"
        }
        return text
    }

    package static func commonPrefix(_ left: String, _ right: String) -> String {
        String(zip(left, right).prefix { $0 == $1 }.map(\.0))
    }
}
