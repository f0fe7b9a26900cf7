import CommandGrammar
import Testing

@Suite struct CompleterTests {
    private func offer(_ line: String) -> Completion {
        sampleTable.complete(line, cursor: line.utf8.count, names: sampleNames)
    }

    @Test func `commands, values and choices are offered where they fit`() {
        #expect(offer("").candidates == ["datasource", "exit", "ls", "quit", "set", "show", "switch"])
        #expect(offer("s").candidates == ["set", "show", "switch"])
        #expect(offer("datasource ").candidates == ["east1", "east2", "söder"])
        #expect(offer("datasource east1 ").candidates == ["recover", "shun", "welcome"])
        #expect(offer("ls ").candidates == ["-l", "east1", "east2", "resources", "söder"])
        #expect(offer("nonsense ").candidates == [])
    }

    @Test func `the word under the cursor is replaced from its beginning`() {
        #expect(offer("datasource sö") == Completion(start: 11, candidates: ["söder"]))
        #expect(offer("ls; switch to ea") == Completion(start: 14, candidates: ["east1", "east2"]))
        #expect(
            sampleTable.complete("sw to", cursor: 2, names: sampleNames)
                == Completion(start: 0, candidates: ["switch"]))
    }

    @Test func `shortened words lead on`() {
        #expect(offer("sw t").candidates == ["to"])
        #expect(offer("set pol m").candidates == ["maintenance", "manual"])
    }
}
