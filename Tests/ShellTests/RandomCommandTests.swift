import ClusterModel
import CommandGrammar
import Shell
import Testing

/// Random lines made of the shell's own words: every one ends with a verdict, and none harms the session.
@Suite struct RandomCommandTests {
    /// SplitMix64, so that a failure can be had again by its seed.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let words: [String] = {
        let own = CommandTable.grammar.entries.flatMap(\.patterns).flatMap(\.forms).joined().flatMap {
            element in
            switch element {
            case .word(let word): [word]
            case .choice(_, let words): words
            case .value: [] as [String]
            }
        }
        let others = [
            "east1", "east1@east", "x@", "@", "connector@east1[6117]", "connector@[", "[]", "*", "*/mysql",
            "/", "..",
            "east", "-l", "--", "\u{0}", "ö", "\u{1b}[A", "'", "\"", ";", "#", "",
        ]
        return Array(Set(own)).sorted() + others
    }()

    @Test(arguments: [11, 12, 13] as [UInt64])
    func `every line ends with an exit status`(seed: UInt64) throws {
        var random = Generator(state: seed)
        let stage = try Stage()
        for _ in 0..<2000 {
            let count = Int.random(in: 1...5, using: &random)
            let line = (0..<count).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(
                separator: " ")
            let complained = stage.screen.complaints.count
            let status = stage.script(line)
            #expect((0...8).contains(status), "seed \(seed): \(line.debugDescription)")
            let isTold = stage.screen.complaints.count > complained
            #expect(
                (status == 0 || status == 4) != isTold, "seed \(seed): \(line.debugDescription) -> \(status)")
            _ = CommandLineCompletion.words("cctrl " + line, point: line.utf8.count + 6) {
                stage.session.names($0)
            }
            stage.session.site = stage.east.status.site
        }
    }
}
