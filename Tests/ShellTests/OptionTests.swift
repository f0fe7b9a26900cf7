import CommandGrammar
import Shell
import Testing

@Suite struct OptionTests {
    private func failure(_ words: String...) throws -> UsageError {
        try #require(throws: UsageError.self) { try OptionParser.parse(words) }
    }

    @Test func `classic words have one dash or two`() throws {
        for dashes in ["-", "--"] {
            let options = try OptionParser.parse([
                "\(dashes)expert", "\(dashes)multi", "\(dashes)no-history", "\(dashes)host", "east1",
                "\(dashes)port",
                "9997", "\(dashes)service", "east", "\(dashes)timeout", "3",
            ])
            #expect(options.isExpert && options.isMulti && options.keepsNoHistory)
            #expect(options.host == "east1" && options.port == 9997)
            #expect(options.service == "east" && options.timeout == 3)
        }
        #expect(try OptionParser.parse(["--host=east1"]).host == "east1")
        #expect(try OptionParser.parse(["-expert", "-logical"]).isExpert == false)
    }

    @Test func `commands are kept in their order`() throws {
        let options = try OptionParser.parse(["-e", "ls", "-f", "x", "-e", "quit"])
        #expect(options.inputs == [.text("ls"), .file("x"), .text("quit")])
    }

    @Test func `wrong words are refused with what would be right`() throws {
        #expect(try failure("-hots", "x").hint == "did you mean '-host'?")
        #expect(try failure("-port", "0").hint == "a whole number from 1 to 65535")
        #expect(try failure("-port").message == "'-port' needs NUMBER")
        #expect(try failure("--yes=1").message == "'--yes' takes no value")
        #expect(try failure("ls").hint == "give commands with -e: cctrl -e 'ls'")
        #expect(try failure("-").message == "'-' is not an option")
        for word in ["-proxy", "--proxy"] {
            #expect(try failure(word).message.hasPrefix("'\(word)' is refused: "))
        }
    }

    @Test func `modes and forms of answers are chosen at the start`() throws {
        #expect(try OptionParser.parse(["-physical"]).mode == .physical)
        #expect(try OptionParser.parse(["--admin"]).mode == .admin)
        #expect(try OptionParser.parse(["-admin"]).isExpert)
        let json = try OptionParser.parse(["--json", "--fields", "name,role"])
        #expect(json.presentation == Presentation(json: true, fields: ["name", "role"]))
        #expect(json.hidesBanner)
        #expect(try OptionParser.parse(["--events"]).presentation == Presentation(json: true, events: true))
    }

    @Test func `help lists every option and fits the screen`() {
        let help = OptionTable.help()
        for name in OptionTable.all.flatMap(\.names) { #expect(help.contains { $0.contains(name) }) }
        #expect(help.allSatisfy { $0.count <= 100 })
    }
}
