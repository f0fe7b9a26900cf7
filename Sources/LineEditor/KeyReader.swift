import CEdit
import Glibc

extension LineEditor {
    /// libedit's reader: one character, or what a signal makes of the line.
    ///
    /// - Returns: 1 with a character, 0 at the end of input, -1 to end the reading of this line.
    func nextKey(_ key: UnsafeMutablePointer<wchar_t>) -> Int32 {
        var decoder = UTF8Decoder()
        while true {
            var watched = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: SignalPipe.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&watched, nfds_t(watched.count), -1) < 0 {
                if errno == EINTR { continue }
                return -1
            }
            if watched[1].revents != 0, take(SignalPipe.take()) { return -1 }
            guard watched[0].revents != 0 else { continue }
            var byte: UInt8 = 0
            let count = read(STDIN_FILENO, &byte, 1)
            if count == 0 { return 0 }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                return -1
            }
            if let scalar = decoder.take(byte) {
                key.pointee = wchar_t(bitPattern: scalar)
                return 1
            }
        }
    }

    /// - Returns: whether the line ends here.
    private func take(_ signals: Set<Int32>) -> Bool {
        if signals.contains(SIGWINCH) {
            // Without the wipe the prompt would stand there twice.
            wipe()
            el_resize(edit)
            _ = cedit_refresh(edit)
        }
        guard signals.contains(SIGINT) else { return false }
        let cursor = place(atEnd: false)
        let end = place(atEnd: true)
        let down = end.row > cursor.row ? "\u{1b}[\(end.row - cursor.row)B" : ""
        show("\(down)\u{1b}[\(end.column + 1)G^C\n")
        wasInterrupted = true
        errno = EINTR
        return true
    }

    /// Clears prompt and line from the screen, and leaves the cursor where the prompt began.
    private func wipe() {
        let row = place(atEnd: false).row
        show("\r" + (row > 0 ? "\u{1b}[\(row)A" : "") + "\u{1b}[J")
    }

    /// Where the cursor, or the end of the line, is: counted from where the prompt began.
    private func place(atEnd: Bool) -> (column: Int, row: Int) {
        guard let info = el_wline(edit)?.pointee, var at = info.buffer else { return (0, 0) }
        let end: UnsafePointer<wchar_t> = atEnd ? info.lastchar : info.cursor
        var width = promptWidth
        while at < end {
            width += max(0, Int(wcwidth(at.pointee)))
            at += 1
        }
        let columns = Self.columns
        return (width % columns, width / columns)
    }

    /// Inserts a paste as one line: pasted text never runs by itself.
    func insertPasted() -> UInt8 {
        let mark = Array("\u{1b}[201~".unicodeScalars)
        var text: [Unicode.Scalar] = []
        while !text.suffix(mark.count).elementsEqual(mark) {
            var key: wchar_t = 0
            guard el_wgetc(edit, &key) == 1 else { return UInt8(CC_EOF) }
            text.append(Unicode.Scalar(UInt32(bitPattern: key)) ?? "\u{FFFD}")
        }
        var line = String.UnicodeScalarView()
        for scalar in text.dropLast(mark.count) { line.append(scalar.value < 0x20 ? " " : scalar) }
        guard !line.isEmpty else { return UInt8(CC_REFRESH) }
        return el_insertstr(edit, String(line)) == 0 ? UInt8(CC_REFRESH) : UInt8(CC_ERROR)
    }
}

/// Bytes to Unicode scalars, one byte at a time; wrong bytes become U+FFFD.
struct UTF8Decoder {
    private var missing = 0
    private var value: UInt32 = 0

    /// The scalar that `byte` completes; nil while more bytes are needed.
    mutating func take(_ byte: UInt8) -> UInt32? {
        guard missing > 0 else {
            switch byte {
            case 0..<0x80: return UInt32(byte)
            case 0xC2..<0xE0: start(1, byte & 0x1F)
            case 0xE0..<0xF0: start(2, byte & 0x0F)
            case 0xF0..<0xF5: start(3, byte & 0x07)
            default: return 0xFFFD
            }
            return nil
        }
        guard byte & 0xC0 == 0x80 else {
            missing = 0
            return 0xFFFD
        }
        value = value << 6 | UInt32(byte & 0x3F)
        missing -= 1
        guard missing == 0 else { return nil }
        return Unicode.Scalar(value) == nil ? 0xFFFD : value
    }

    private mutating func start(_ following: Int, _ bits: UInt8) {
        missing = following
        value = UInt32(bits)
    }
}
