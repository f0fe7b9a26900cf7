import CommandGrammar
import Testing

@Suite struct MatcherTests {
    private func match(_ line: String) throws -> Match {
        try sampleTable.match(try #require(Tokenizer.statements(line).first))
    }

    private func failure(_ line: String) throws -> GrammarError {
        let statement = try #require(Tokenizer.statements(line).first)
        return try #require(throws: GrammarError.self) { try sampleTable.match(statement) }
    }

    @Test func `values and choices are found by name`() throws {
        let found = try match("datasource east2 shun")
        #expect(found.values == ["datasource": "east2", "verb": "shun"])
        #expect(found.words == ["datasource"])
    }

    @Test func `what stands in brackets may be left out`() throws {
        #expect(try match("switch").values == [:])
        #expect(try match("switch to east2").values == ["datasource": "east2"])
        #expect(try match("ls -l east1").words == ["ls", "-l"])
    }

    @Test func `words may be shortened as long as they stay clear`() throws {
        #expect(try match("sw to east2").words == ["switch", "to"])
        #expect(try match("SET POL MAINT").values == ["policy": "maintenance"])
        #expect(try failure("s").message == "'s' can be set, show, switch")
        #expect(try failure("set policy ma").message == "'ma' can be maintenance, manual")
    }

    @Test func `a full word wins over a value, a value over a shortened word`() throws {
        #expect(try match("ls resources").words == ["ls", "resources"])
        #expect(try match("ls res").values == ["datasource": "res"])
    }

    @Test func `an option is never taken for a name`() throws {
        #expect(try failure("ls -x").message == "'-x' does not fit after 'ls'")
        #expect(try match("ls '-x'").values == ["datasource": "-x"])
    }

    @Test func `a typing error is met with the nearest word and a caret`() throws {
        let line = "swich to east2"
        let error = try failure(line)
        #expect(error.message == "'swich' is not a command")
        #expect(error.hint == "did you mean 'switch'?")
        #expect(error.pointer(in: line) == ["  swich to east2", "  ^~~~~"])
        #expect(try failure("datasource east1 shnu").hint == "did you mean 'shun'?")
    }

    @Test func `what is missing is said`() throws {
        let line = "datasource east1"
        let error = try failure(line)
        #expect(error.message == "'datasource east1' is not complete")
        #expect(error.hint == "expected next: shun|recover|welcome")
        #expect(error.pointer(in: line).last == "                  ^")
        #expect(try failure("show topology now").hint == "nothing may follow here")
        #expect(try failure("ls 'east").message == "the quote is not closed")
    }

    @Test func `help shows usage and details, also for other spellings`() {
        #expect(
            sampleTable.help(about: "data") == [
                "datasource <datasource> shun|recover|welcome", "", "Change.", "", "'shun' takes it out.",
            ])
        #expect(sampleTable.help(about: "exit")?.first == "quit")
        #expect(sampleTable.help(about: "s") == nil)
        #expect(sampleTable.overview().contains("quit" + String(repeating: " ", count: 32) + "Leave"))
    }
}
