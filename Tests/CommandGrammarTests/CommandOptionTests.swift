import CommandGrammar
import Testing

/// Options of commands, forms that are only there to be refused, and the answer to `?`.
@Suite struct CommandOptionTests {
    private static let json = ProgramOption(["--json"], summary: "Answer with JSON.")
    private static let fields = ProgramOption(["--fields"], value: "NAMES", summary: "Only these fields.")
    private static let grammar = Grammar(
        [
            CommandEntry(
                name: "ls", patterns: ["ls [-l] [<datasource>]"], summary: "List", notes: ["-l": "all of it"],
                options: [json, fields]),
            CommandEntry(
                name: "datasource", patterns: ["datasource <datasource> <verb:shun|recover>"],
                summary: "Change", notes: ["shun": "take it out", "recover": "bring it back"],
                options: [json]),
            CommandEntry(
                name: "old", patterns: ["datasource <datasource> slave", "create <word>"], summary: "Old",
                isHidden: true),
        ], notes: ["datasource": "a data source"])

    private func match(_ line: String) throws -> Match {
        try Self.grammar.match(try #require(Tokenizer.statements(line).first))
    }

    private func failure(_ line: String) throws -> GrammarError {
        let statement = try #require(Tokenizer.statements(line).first)
        return try #require(throws: GrammarError.self) { try Self.grammar.match(statement) }
    }

    private func expected(_ line: String) -> [String] {
        Self.grammar.expectations(line, cursor: line.utf8.count) { kind in
            kind == "datasource" ? [Expectation(word: "east1", note: "master")] : []
        }.map { "\($0.word): \($0.note)" }
    }

    @Test func `options stand anywhere after the first word, with one dash or two`() throws {
        for line in ["ls --json east1", "ls east1 -json", "LS -l --json"] {
            #expect(try match(line).options == ["--json": ""])
        }
        #expect(try match("ls --fields name,role -l").options == ["--fields": "name,role"])
        #expect(try match("ls --fields=name").options == ["--fields": "name"])
        #expect(try match("ls '--json'").values == ["datasource": "--json"])
    }

    @Test func `a wrong option is told with those there are`() throws {
        #expect(try failure("ls --jsno").hint == "did you mean '--json'?")
        #expect(
            try failure("datasource x shun --fields a").message == "'datasource' has no option '--fields'")
        #expect(try failure("datasource x shun --fields a").hint == "its options: --json")
        #expect(try failure("ls --fields").message == "'--fields' needs NAMES")
        #expect(try failure("ls --json=1").message == "'--json' takes no value")
    }

    @Test func `a refused form is matched, and never offered`() throws {
        #expect(try match("datasource x slave").entry == 2)
        #expect(try match("data x slave").pattern == 0)
        #expect(try match("create x").pattern == 1)
        #expect(
            Self.grammar.complete("datasource x ", cursor: 13) { _ in [] }.candidates == ["recover", "shun"])
        #expect(Self.grammar.complete("c", cursor: 1) { _ in [] }.candidates == [])
        #expect(try failure("datasource x nothing").hint == "expected here: shun|recover")
        #expect(Self.grammar.overview().count == 3)
    }

    @Test func `a question mark lists what can come, with a line each`() {
        #expect(expected("") == ["ls: List", "datasource: Change"])
        #expect(expected("d") == ["datasource: Change"])
        #expect(expected("data ") == ["east1: master", "--json: Answer with JSON"])
        #expect(
            expected("datasource x ") == [
                "shun: take it out", "recover: bring it back", "--json: Answer with JSON",
            ])
        #expect(expected("datasource x sh") == ["shun: take it out"])
        #expect(
            expected("ls ") == [
                "<Enter>: run the command as it stands", "-l: all of it", "east1: master",
                "--json: Answer with JSON", "--fields NAMES: Only these fields",
            ])
        #expect(expected("ls --fields ") == ["NAMES: Only these fields."])
        #expect(expected("ls > x") == ["<file>: the name of a file"])
        #expect(expected("nonsense ") == [])
        #expect(expected("ls # ") == [])
    }

    @Test func `a value whose words are not known stands there by its name`() {
        let list = Self.grammar.expectations("datasource ", cursor: 11) { _ in [] }
        #expect(list.first == Expectation(word: "<datasource>", note: "a data source"))
    }

    @Test func `files are completed after an arrow, options after a dash`() {
        let offer = Self.grammar.complete("ls > /tm", cursor: 8) { $0 == "file:/tm" ? ["/tmp/"] : [] }
        #expect(offer == Completion(start: 5, candidates: ["/tmp/"]))
        #expect(Self.grammar.complete("ls --", cursor: 5) { _ in [] }.candidates == ["--fields", "--json"])
        #expect(Self.grammar.complete("ls # x", cursor: 6) { _ in [] }.candidates == [])
    }
}
