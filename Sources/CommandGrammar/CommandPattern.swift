/// How a command is written: `switch [to <datasource>]`, `set policy <policy:automatic|manual>`.
///
/// A word stands for itself; `<name>` takes any word and calls it `name`; `<name:a|b>` takes one of the
/// listed words; `[...]` may be left out, and may hold further brackets. Words are matched without regard to
/// case.
package struct CommandPattern: Hashable, Sendable {
    /// The pattern as written.
    package let text: String
    /// Every way to write the command, brackets resolved.
    package let forms: [[Element]]

    /// One place of a form.
    package enum Element: Hashable, Sendable {
        case word(String)
        case choice(name: String, words: [String])
        case value(name: String)

        /// As shown in help and errors.
        package var text: String {
            switch self {
            case .word(let word): word
            case .choice(_, let words): words.joined(separator: "|")
            case .value(let name): "<\(name)>"
            }
        }
    }

    package init(_ text: String) {
        self.text = text
        var rest = Self.pieces(text)[...]
        forms = Self.sequence(&rest, depth: 0).filter { !$0.isEmpty }
    }

    /// The pattern for people: `datasource <datasource> shun|recover`.
    package var usage: String {
        var result = ""
        for piece in Self.pieces(text) {
            let opens = result.isEmpty || result.hasSuffix("[")
            let shown = piece == "[" || piece == "]" ? piece : Self.element(piece).text
            result += opens || piece == "]" ? shown : " " + shown
        }
        return result
    }

    /// Brackets, `<...>` and words, in order.
    private static func pieces(_ text: String) -> [String] {
        var pieces: [String] = []
        var word = ""
        for character in text {
            switch character {
            case "[", "]", " ":
                if !word.isEmpty { pieces.append(word) }
                word = ""
                if character != " " { pieces.append(String(character)) }
            default:
                word.append(character)
            }
        }
        if !word.isEmpty { pieces.append(word) }
        return pieces
    }

    private static func sequence(_ rest: inout ArraySlice<String>, depth: Int) -> [[Element]] {
        var forms: [[Element]] = [[]]
        while let piece = rest.popFirst() {
            switch piece {
            case "[":
                let inner = sequence(&rest, depth: depth + 1)
                forms = forms + forms.flatMap { form in inner.map { form + $0 } }
            case "]":
                if depth > 0 { return forms }
            default:
                forms = forms.map { $0 + [element(piece)] }
            }
        }
        return forms
    }

    private static func element(_ piece: String) -> Element {
        guard piece.hasPrefix("<"), piece.hasSuffix(">"), piece.count > 2 else { return .word(piece) }
        let inside = piece.dropFirst().dropLast()
        guard let colon = inside.firstIndex(of: ":") else { return .value(name: String(inside)) }
        let words = inside[inside.index(after: colon)...].split(separator: "|").map(String.init)
        return .choice(name: String(inside[..<colon]), words: words)
    }
}

extension CommandPattern: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(value) }
}
