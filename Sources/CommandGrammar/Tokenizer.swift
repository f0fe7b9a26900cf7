/// Splits a line into commands and words.
///
/// Blanks part words; `;` and line ends part commands; `'` and `"` keep a word together; `#` at the start of
/// a word begins a comment that lasts to the end of the line. `> file`, `>> file` and `< file` name files, and
/// `&` ends a command. There is no escape character: quotes of one kind hold those of the other. Every input
/// has a result.
package enum Tokenizer {
    package static func statements(_ line: String) -> [Statement] { scan(line).finish(at: line.utf8.count) }

    /// Whether the line's end is in a comment.
    static func endsInComment(_ line: String) -> Bool { scan(line).inComment }

    /// Whether the line's end is in a quote or a comment, where every character stands for itself.
    package static func endsInText(_ line: String) -> Bool {
        let end = scan(line)
        return end.inComment || end.quote != nil
    }

    private static func scan(_ line: String) -> Scanner {
        var scanner = Scanner()
        for (offset, byte) in line.utf8.enumerated() { scanner.take(byte, at: offset) }
        return scanner
    }

    private struct Scanner {
        /// What the next word is.
        private enum Pending: Hashable {
            case output(Range<Int>, appends: Bool)
            case input(Range<Int>)
        }

        private(set) var inComment = false
        private var done: [Statement] = []
        private var statement = Statement(tokens: [])
        private var word: [UInt8] = []
        private var start: Int?
        private var quoted = false
        private(set) var quote: (mark: UInt8, offset: Int)?
        private var pending: Pending?

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
            case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "&"):
                operate(byte, at: offset)
            default:
                if start == nil { start = offset }
                word.append(byte)
            }
        }

        consuming func finish(at end: Int) -> [Statement] {
            if let quote {
                complain("the quote is not closed", at: quote.offset..<end, hint: "close it, or leave it out")
            }
            endStatement(at: end)
            return done
        }

        private mutating func operate(_ byte: UInt8, at offset: Int) {
            let place = offset..<offset + 1
            if byte == UInt8(ascii: ">"), case .output(let first, false) = pending,
                first.upperBound == offset, start == nil
            {
                pending = .output(first.lowerBound..<offset + 1, appends: true)
                return
            }
            endWord(at: offset)
            closePending()
            noteMisplacedMark()
            switch byte {
            case UInt8(ascii: ">"): pending = .output(place, appends: false)
            case UInt8(ascii: "<"): pending = .input(place)
            default: statement.background = place
            }
        }

        private mutating func endWord(at offset: Int) {
            guard let begin = start else { return }
            let token = Token(
                text: String(decoding: word, as: UTF8.self), range: begin..<offset, quoted: quoted)
            word = []
            start = nil
            quoted = false
            noteMisplacedMark()
            switch pending {
            case .output(_, let appends): statement.output = Redirection(file: token, appends: appends)
            case .input: statement.input = token
            case nil: statement.tokens.append(token)
            }
            pending = nil
        }

        /// Something follows: a `&` before it is not at the end.
        private mutating func noteMisplacedMark() {
            guard let mark = statement.background else { return }
            complain("The token '&' can only appear at the end of a command", at: mark, hint: "quote it")
        }

        /// Nothing more follows a `>` or `<`.
        private mutating func closePending() {
            switch pending {
            case .output(let place, _):
                complain(
                    "No arg supplied for output redirection", at: place, hint: "write > and a file's name")
            case .input(let place):
                complain(
                    "No arg supplied for input redirection", at: place, hint: "write < and a file's name")
            case nil: return
            }
            pending = nil
        }

        private mutating func complain(_ message: String, at place: Range<Int>, hint: String) {
            if statement.problem == nil {
                statement.problem = GrammarError(message, at: place, hint: hint)
            }
        }

        private mutating func endStatement(at offset: Int) {
            endWord(at: offset)
            closePending()
            let isEmpty =
                statement.tokens.isEmpty && statement.problem == nil && statement.output == nil
                && statement.input == nil && statement.background == nil
            if !isEmpty {
                if statement.tokens.isEmpty { noteMissingCommand(at: offset) }
                done.append(statement)
            }
            statement = Statement(tokens: [])
        }

        /// A file or a `&` alone: there is no command to which it could belong.
        private mutating func noteMissingCommand(at offset: Int) {
            let place = statement.problem?.range ?? statement.range
            statement.tokens = [Token(text: "", range: place, quoted: true)]
            complain("there is no command here", at: place, hint: "type the command first")
        }
    }
}
