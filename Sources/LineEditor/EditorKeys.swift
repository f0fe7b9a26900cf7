import CEdit

/// The keys TAB and `?`.
extension LineEditor {
    /// The line as bytes, and the cursor's place in them.
    private var typed: (bytes: [UInt8], cursor: Int)? {
        guard let info = el_line(edit)?.pointee, let buffer = info.buffer else { return nil }
        let bytes = UnsafeRawBufferPointer(start: buffer, count: info.lastchar - buffer)
        return (Array(bytes), info.cursor - buffer)
    }

    func completeWord() -> UInt8 {
        guard let (bytes, cursor) = typed else { return UInt8(CC_ERROR) }
        let line = String(decoding: bytes, as: UTF8.self)
        guard let offer = help?.complete(line, cursor), (0...cursor).contains(offer.start),
            let first = offer.words.first
        else { return UInt8(CC_REFRESH_BEEP) }
        let word = String(decoding: bytes[offer.start..<cursor], as: UTF8.self)
        let common = offer.words.dropFirst().reduce(first) { WordColumns.commonPrefix($0, $1) }
        guard common.count > word.count || offer.words.count == 1 else {
            list(WordColumns.text(offer.words, width: Window.size.columns))
            return UInt8(CC_REDISPLAY)
        }
        // libedit counts characters here, not bytes.
        el_deletestr(edit, Int32(clamping: word.unicodeScalars.count))
        let isWhole = offer.words.count == 1 && !first.hasSuffix("/")
        return insert(common + (isWhole ? " " : ""))
    }

    func explainPlace() -> UInt8 {
        guard let (bytes, cursor) = typed else { return UInt8(CC_ERROR) }
        let line = String(decoding: bytes, as: UTF8.self)
        guard let rows = help?.explain(line, cursor, Window.size.columns) else { return insert("?") }
        list(rows.map { $0 + "\n" }.joined())
        return UInt8(CC_REDISPLAY)
    }

    private func insert(_ text: String) -> UInt8 {
        el_insertstr(edit, text) == 0 ? UInt8(CC_REFRESH) : UInt8(CC_ERROR)
    }

    /// Shows text below the line; prompt and line come again below it.
    private func list(_ text: String) {
        let down = place(atEnd: true).row - place(atEnd: false).row
        show((down > 0 ? "\u{1b}[\(down)B" : "") + "\r\n" + text)
    }
}
