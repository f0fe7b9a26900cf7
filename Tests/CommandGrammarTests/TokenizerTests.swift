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
        #expect(statement.problem?.message == "the quote is not closed")
        #expect(statement.problem?.range == 3..<8)
        #expect(statement.tokens.map(\.text) == ["ls", "east"])
    }

    @Test func `a file after an arrow is no word`() throws {
        let plain = try #require(Tokenizer.statements("ls -l>'a b'").first)
        #expect(plain.tokens.map(\.text) == ["ls", "-l"])
        #expect(plain.output?.file.text == "a b")
        #expect(plain.output?.appends == false)
        #expect(plain.text(in: "ls -l>'a b'") == "ls -l>'a b'")
        let after = try #require(Tokenizer.statements("ls >> x; members").first)
        #expect(after.output?.appends == true)
        #expect(Tokenizer.statements("ls < x").first?.input?.text == "x")
        #expect(Tokenizer.statements("ls '>' x").first?.tokens.count == 3)
    }

    @Test(arguments: [
        ("ls >", "No arg supplied for output redirection", 3..<4),
        ("ls <; members", "No arg supplied for input redirection", 3..<4),
        ("ls > > x", "No arg supplied for output redirection", 3..<4),
        ("switch & to east2", "The token '&' can only appear at the end of a command", 7..<8),
        ("& ls", "The token '&' can only appear at the end of a command", 0..<1),
        ("> x", "there is no command here", 2..<3), ("&", "there is no command here", 0..<1),
    ])
    func `misplaced marks are reported where they stand`(line: String, message: String, place: Range<Int>)
        throws
    {
        let problem = try #require(Tokenizer.statements(line).first?.problem)
        #expect(problem.message == message)
        #expect(problem.range == place)
    }

    @Test func `an ampersand ends a command, with a blank or without`() throws {
        for line in ["switch &", "switch&", "switch & ; ls"] {
            let statement = try #require(Tokenizer.statements(line).first)
            #expect(statement.tokens.map(\.text) == ["switch"])
            #expect(statement.background != nil && statement.problem == nil)
        }
        #expect(Tokenizer.statements("a 'b&'").first?.background == nil)
    }
}
