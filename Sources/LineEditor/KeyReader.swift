import CEdit
import Glibc

extension LineEditor {
    /// libedit's reader: one character, or what a signal makes of the line.
    ///
    /// - Returns: 1 with a character, 0 at the end of input, -1 to end the reading of this line.
    func nextKey(_ key: UnsafeMutablePointer<wchar_t>) -> Int32 {
        var decoder = UTF8Decoder()
        while true {
            // A paste is read at once; a negative descriptor is one that `poll` leaves alone.
            let companion = isPasting ? nil : help?.companion
            var watched = [STDIN_FILENO, SignalPipe.descriptor, companion?.descriptor ?? -1].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            let ready = poll(&watched, nfds_t(watched.count), companion?.patience ?? -1)
            if ready < 0 {
                if errno == EINTR { continue }
                return -1
            }
            if watched[1].revents != 0, take(SignalPipe.take()) { return -1 }
            if ready == 0 || watched[2].revents != 0 { companion?.look() }
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

    /// Inserts a paste as one line: pasted text never runs by itself.
    func insertPasted() -> UInt8 {
        let mark = Array("\u{1b}[201~".unicodeScalars)
        var text: [Unicode.Scalar] = []
        isPasting = true
        defer { isPasting = false }
        while !text.suffix(mark.count).elementsEqual(mark) {
            var key: wchar_t = 0
            guard el_wgetc(edit, &key) == 1 else { return UInt8(CC_EOF) }
            text.append(Unicode.Scalar(UInt32(bitPattern: key)) ?? "\u{FFFD}")
        }
        let rows = text.dropLast(mark.count).split { $0 == "\n" || $0 == "\r" }.map { row in
            var line = String.UnicodeScalarView()
            for scalar in row { line.append(scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar) }
            return String(line)
        }
        let line = rows.count > 1 ? help?.join(rows) ?? rows.joined(separator: " ") : rows.first ?? ""
        guard !line.isEmpty else { return UInt8(CC_REFRESH) }
        return el_insertstr(edit, line) == 0 ? UInt8(CC_REFRESH) : UInt8(CC_ERROR)
    }
}
