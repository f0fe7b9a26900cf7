/// Splits a line into commands and words.
///
/// Blanks part words; `;` and line ends part commands; `'` and `"` keep a word together; `#` at the start of
/// a word begins a comment that lasts to the end of the line. There is no escape character. Every input has a
/// result.
package enum Tokenizer {
    package static func statements(_ line: String) -> [Statement] {
        var scanner = Scanner()
        for (offset, byte) in line.utf8.enumerated() { scanner.take(byte, at: offset) }
        return scanner.finish(at: line.utf8.count)
    }

    private struct Scanner {
        private var done: [Statement] = []
        private var tokens: [Token] = []
        private var word: [UInt8] = []
        private var start: Int?
        private var quoted = false
        private var quote: (mark: UInt8, offset: Int)?
        private var inComment = false

        mutating func take(_ byte: UInt8, at offset: Int) {
            if inComment {
                if byte == UInt8(ascii: "\n") {
                    inComment = false
                    endStatement(at: offset)
                }
                return
            }
            if let open = quote {
                if byte == open.mark { quote = nil } else { word.append(byte) }
                return
            }
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                quote = (byte, offset)
                quoted = true
                if start == nil { start = offset }
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                endWord(at: offset)
            case UInt8(ascii: ";"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                endStatement(at: offset)
            case UInt8(ascii: "#") where start == nil:
                inComment = true
            default:
                if start == nil { start = offset }
                word.append(byte)
            }
        }

        mutating func finish(at end: Int) -> [Statement] {
            endWord(at: end)
            if !tokens.isEmpty { done.append(Statement(tokens: tokens, openQuote: quote?.offset)) }
            return done
        }

        private mutating func endWord(at offset: Int) {
            guard let begin = start else { return }
            tokens.append(
                Token(text: String(decoding: word, as: UTF8.self), range: begin..<offset, quoted: quoted))
            word = []
            start = nil
            quoted = false
        }

        private mutating func endStatement(at offset: Int) {
            endWord(at: offset)
            if !tokens.isEmpty { done.append(Statement(tokens: tokens)) }
            tokens = []
        }
    }
}
