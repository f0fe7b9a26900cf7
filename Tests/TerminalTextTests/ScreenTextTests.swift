import Testing

@testable import TerminalText

@Suite("Lines of a window")
struct ScreenTextTests {
    @Test func `what fits stays as it is`() {
        #expect(ScreenText.folded("east1 is the primary", columns: 20) == ["east1 is the primary"])
        #expect(ScreenText.folded("", columns: 20) == [""])
    }

    @Test func `prose is broken between words and set in`() {
        #expect(
            ScreenText.folded("NOTE: east1 is the primary now", columns: 16)
                == ["NOTE: east1 is", "  the primary", "  now"])
        #expect(
            ScreenText.folded("   4. close 'east1' for writes", columns: 20)
                == ["   4. close 'east1'", "      for writes"])
    }

    @Test func `a word that is longer than the window stays whole, and nothing gets lost`() {
        let path = String(repeating: "x", count: 30)
        let lines = ScreenText.folded("see \(path) there", columns: 20)
        #expect(lines == ["see", "  \(path)", "  there"])
        #expect(ScreenText.folded("a b c", columns: 1) == ["a", "b", "c"])
    }

    @Test(arguments: [
        "|east1(master:ONLINE, progress=1, THL latency=0.1)   |",
        "+----------------------------------------+",
        #"{"command": "ls", "site": "east", "schema": 1}"#, "Hint: datasource east1 recover, and then: ls",
        "east1  primary  ONLINE  2026-01-01 00:00:00", "east1\tprimary\tONLINE\t2026-01-01",
    ])
    func `tables, what programs read and what is typed stay whole`(line: String) {
        #expect(ScreenText.folded(line, columns: 20) == [line])
    }
}
