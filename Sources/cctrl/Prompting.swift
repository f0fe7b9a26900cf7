import CommandGrammar
import LineEditor
import Shell
import TerminalText

/// What a session knows for TAB, `?` and pastes.
enum Prompting {
    static func help(_ session: Session, _ aliases: [String: String]) -> LineHelp {
        let names = Array(aliases.keys)
        return LineHelp(
            complete: { [unowned session] line, cursor in complete(line, cursor, session, names) },
            explain: { [unowned session] line, cursor, columns in explain(line, cursor, columns, session) },
            join: joined)
    }

    private static func complete(_ line: String, _ cursor: Int, _ session: Session, _ aliases: [String])
        -> TabOffer
    {
        let before = String(decoding: Array(line.utf8)[..<cursor], as: UTF8.self)
        if let watch = WatchLine(before), watch.start < cursor {
            let inner = complete(watch.command, cursor - watch.start, session, aliases)
            return TabOffer(start: watch.start + inner.start, words: inner.words)
        }
        let offer = session.complete(line, cursor: cursor)
        var words = offer.candidates
        if let only = Tokenizer.statements(before + "x").last?.tokens, only.count == 1 {
            let typed = only[0].text.dropLast()
            words = Set(words + (typed.isEmpty ? [] : aliases.filter { $0.hasPrefix(typed) })).sorted()
        }
        return TabOffer(start: offer.start, words: words)
    }

    /// Every word that can come next, with one line each; nil in quotes and comments, where `?` is a character.
    private static func explain(_ line: String, _ cursor: Int, _ columns: Int, _ session: Session)
        -> [String]?
    {
        let before = String(decoding: Array(line.utf8)[..<cursor], as: UTF8.self)
        guard !Tokenizer.endsInText(before) else { return nil }
        if let watch = WatchLine(before), watch.start < cursor {
            return explain(watch.command, cursor - watch.start, columns, session)
        }
        let found = session.expectations(line, cursor: cursor)
        guard !found.isEmpty else { return ["  nothing that is known can come here"] }
        let wide = min(24, found.map { DisplayWidth.of($0.word) }.max() ?? 0) + 2
        return found.map { one in
            let pad = String(repeating: " ", count: max(1, wide - DisplayWidth.of(one.word)))
            return ScreenText.cut("  " + one.word + pad + one.note, columns: columns - 1)
        }
    }

    /// Each pasted line is a command of its own still; comments are left out, as they would hide what follows.
    private static func joined(_ rows: [String]) -> String {
        var commands: [String] = []
        for row in rows {
            let statements = Tokenizer.statements(row)
            // A quote that goes on in the next line: what is meant is not for this program to say.
            guard statements.allSatisfy({ $0.problem == nil }) else { return rows.joined(separator: " ") }
            commands += statements.map { $0.text(in: row) }
        }
        return commands.joined(separator: "; ")
    }
}
