import TerminalText

/// Rows under each other: every column as wide as its widest text, the last one free.
enum Columns {
    static func lines(_ rows: [[String]], indent: Int = 0, most: Int = 60) -> [String] {
        let clean = rows.map { $0.map(SafeLine.of) }
        let count = clean.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            min(most, clean.map { column < $0.count ? DisplayWidth.of($0[column]) : 0 }.max() ?? 0)
        }
        let margin = String(repeating: " ", count: indent)
        return clean.map { row in
            var line = margin
            for (column, text) in row.enumerated() {
                line += text
                guard column < row.count - 1 else { break }
                line += String(repeating: " ", count: max(0, widths[column] - DisplayWidth.of(text)) + 2)
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// `0.2 s`, `95 s`, `12 min`, `3 h`, `4 d`.
    static func age(_ seconds: Double) -> String {
        switch seconds {
        case ..<10: "\((max(0, seconds) * 10).rounded() / 10) s"
        case ..<120: "\(Int(seconds)) s"
        case ..<7200: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3600)) h"
        default: "\(Int(seconds / 86_400)) d"
        }
    }
}
