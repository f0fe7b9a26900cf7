import CommandGrammar
import Testing

@Suite struct TokenizerTests {
    private func words(_ line: String) -> [[String]] {
        Tokenizer.statements(line).map { $0.tokens.map(\.text) }
    }

    @Test func `blanks part words and semicolons part commands`() {
        #expect(
            words("use east;set policy  maintenance ; ls") == [
                ["use", "east"], ["set", "policy", "maintenance"], ["ls"],
            ])
    }

    @Test func `nothing is no command`() {
        for line in ["", "   ", ";", " ;; ; ", "# only a comment", "\n\n\t\r\n"] {
            #expect(words(line) == [])
        }
    }

    @Test func `quotes keep blanks, semicolons and hashes`() {
        #expect(words("a 'b c;d' \"#e\"f") == [["a", "b c;d", "#ef"]])
        #expect(words("''") == [[""]])
    }

    @Test func `a comment ends with its line`() {
        #expect(words("ls # all of it; quit\nquit # now") == [["ls"], ["quit"]])
        #expect(words("router#1") == [["router#1"]])
    }

    @Test func `a word knows where it stands`() throws {
        let statement = try #require(Tokenizer.statements("sö  'a b' x").first)
        #expect(statement.tokens.map(\.range) == [0..<3, 5..<10, 11..<12])
        #expect(statement.text(in: "sö  'a b' x") == "sö  'a b' x")
    }

    @Test func `an open quote is reported with its place`() throws {
        let statement = try #require(Tokenizer.statements("ls 'east").first)
        #expect(statement.openQuote == 3)
        #expect(statement.tokens.map(\.text) == ["ls", "east"])
    }
}
