import CommandGrammar
import Testing

/// A small generator with a seed, so that a failure can be had again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct RandomLineTests {
    private static let pieces = [
        "ls", "datasource", "east1", "shun", "set", "policy", "switch", "to", "-l", "*", " ", " ", "  ", ";",
        "'", "\"",
        "#", "\n", "\t", "ö", "\u{0}", "\u{1b}[31m", "🙂", "e\u{301}", "x", "resources", "<datasource>", "|",
        "",
    ]

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `every line has a verdict, and every place of it completions`(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        for _ in 0..<3000 {
            let count = Int.random(in: 0...8, using: &random)
            let line = (0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
            for statement in Tokenizer.statements(line) {
                #expect(!statement.tokens.isEmpty)
                #expect(
                    statement.range.upperBound <= line.utf8.count, "seed \(seed): \(line.debugDescription)")
                do throws(GrammarError) {
                    _ = try sampleTable.match(statement)
                } catch {
                    _ = error.pointer(in: line)
                }
            }
            let cursor = Int.random(in: -1...line.utf8.count + 1, using: &random)
            let offer = sampleTable.complete(line, cursor: cursor, names: sampleNames)
            #expect(
                (0...line.utf8.count).contains(offer.start),
                "seed \(seed): \(line.debugDescription) at \(cursor)")
        }
    }

    @Test func `random bytes have a verdict too`() {
        var random = SeededGenerator(state: 99)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let line = String(decoding: bytes, as: UTF8.self)
            for statement in Tokenizer.statements(line) {
                do throws(GrammarError) {
                    _ = try sampleTable.match(statement)
                } catch {
                    #expect(!error.message.isEmpty)
                }
            }
            _ = sampleTable.help(about: line)
        }
    }

    @Test func `patterns of any form can be read`() {
        for text in ["", "[", "]", "[[a]", "a]b", "<>", "<:>", "<a:>", "<a:|>", "a [b [c]] d"] {
            let pattern = CommandPattern(text)
            #expect(pattern.forms.allSatisfy { !$0.isEmpty })
        }
        #expect(CommandPattern("a [b [c]] d").forms.count == 3)
        #expect(CommandPattern("a [b [<c:x|y>]] d").usage == "a [b [x|y]] d")
    }
}
