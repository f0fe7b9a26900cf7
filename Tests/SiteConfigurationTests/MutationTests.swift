import SiteConfiguration
import Testing

struct MutationTests {
    /// A small generator with a seed: a failure can be seen again.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test func `a damaged file is read or refused with a sentence, and never ends the program`() {
        let pieces = [
            "=", "[", "]", ",", "\"", "{", "{verb}", "\n", "\r\n", " ", "é", "99999999999999999999", "-", ":",
        ]
        var numbers = Numbers(state: 20_260_101)
        for _ in 0..<3000 {
            var bytes = Array(classicFile.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                let start = Int.random(in: 0..<bytes.count, using: &numbers)
                let end = min(bytes.count, start + Int.random(in: 0...12, using: &numbers))
                let piece = pieces[Int.random(in: 0..<pieces.count, using: &numbers)]
                bytes.replaceSubrange(start..<end, with: Array(piece.utf8))
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                _ = try ClusterConfiguration.parse(text: text, path: "t.ini")
            } catch {
                #expect(error.description.hasPrefix("t.ini:") && !error.message.isEmpty)
            }
        }
    }
}
