import CEdit
import Glibc

/// The window that a person looks at.
package enum Window {
    /// Columns and rows of the terminal; 80 and 24 where it does not say.
    package static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 else { return (80, 24) }
        return (size.ws_col > 0 ? Int(size.ws_col) : 80, size.ws_row > 0 ? Int(size.ws_row) : 24)
    }
}

extension LineEditor {
    /// Writes through the stream that libedit draws on, so that the order is kept.
    func show(_ text: String) {
        let output = cedit_output()
        fputs(text, output)
        fflush(output)
    }

    static func width(_ scalar: Unicode.Scalar) -> Int {
        max(0, Int(wcwidth(wchar_t(bitPattern: scalar.value))))
    }

    /// Prints lines above the prompt; prompt, half-typed line and cursor come back below them.
    ///
    /// Without a prompt on the screen they are simply printed.
    package func printAbove(_ lines: [String]) {
        let text = lines.map { $0 + "\n" }.joined()
        guard isReading else { return show(text) }
        wipe()
        show(text)
        _ = cedit_refresh(edit)
    }

    /// Draws another prompt before the line that is being typed.
    package func changePrompt(_ text: String) {
        guard isReading else { return }
        wipe()
        setPrompt(text)
        _ = cedit_refresh(edit)
    }

    /// Clears prompt and line from the screen, and leaves the cursor where the prompt began.
    func wipe() {
        let row = place(atEnd: false).row
        show("\r" + (row > 0 ? "\u{1b}[\(row)A" : "") + "\u{1b}[J")
    }

    /// Where the cursor, or the end of the line, is: counted from where the prompt began.
    func place(atEnd: Bool) -> (column: Int, row: Int) {
        let columns = Window.size.columns
        var column = promptWidth % columns
        var row = promptWidth / columns
        guard let info = el_wline(edit)?.pointee, var at = info.buffer else { return (column, row) }
        let end: UnsafePointer<wchar_t> = atEnd ? info.lastchar : info.cursor
        while at < end {
            let width = max(0, Int(wcwidth(at.pointee)))
            // A wide character that does not fit at the edge goes to the next row.
            if column + width > columns {
                column = 0
                row += 1
            }
            column += width
            if column == columns {
                column = 0
                row += 1
            }
            at += 1
        }
        return (column, row)
    }
}
