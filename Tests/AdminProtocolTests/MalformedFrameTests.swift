import AdminProtocol
import ClusterTestKit
import Testing

/// Frames as no honest program sends them: never a trap, always a verdict.
@Suite struct MalformedFrameTests {
    private static let seed: UInt64 = 0x5EED
    private static let calls = Dictionary(
        SampleCall.all.map { ($0.method, $0) }, uniquingKeysWith: { first, _ in first })

    /// Reads `line` as a manager does: down to the parameters.
    private func readAsManager(_ line: [UInt8]) -> Bool {
        do throws(FrameCodec.ParseFailure) {
            let request = try FrameCodec.readRequest(line)
            guard let call = Self.calls[request.method] else { return true }
            do {
                try call.read(request)
            } catch {
                return error is Refusal
            }
            return true
        } catch {
            return [.parseError, .invalidRequest].contains(error.refusal.code)
        }
    }

    /// Reads `line` as a client does, and as any reply that it could wait for.
    private func readAsClient(_ line: [UInt8]) -> Bool {
        do throws(Refusal) {
            guard case .result(_, let line) = try FrameCodec.readReply(line) else { return true }
            _ = try FrameCodec.result(of: Outcome.self, in: line)
        } catch {
            return !error.message.isEmpty
        }
        return true
    }

    @Test func `random bytes get a verdict`() {
        var generator = SeededGenerator(seed: Self.seed)
        for round in 0..<50_000 {
            let line = (0..<Int.random(in: 0...120, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            #expect(readAsManager(line), "round \(round) of seed \(Self.seed)")
            #expect(readAsClient(line), "round \(round) of seed \(Self.seed)")
        }
    }

    @Test func `damaged frames get a verdict`() throws {
        var generator = SeededGenerator(seed: Self.seed)
        let requests = try SampleCall.all.map { try $0.roundTrip(1).sent }
        let replies = try SampleCall.all.map { try $0.replyRoundTrip(1).sent }.filter { $0.count < 2_000 }
        for round in 0..<50_000 {
            let isRequest = generator.oneIn(2)
            var line = (isRequest ? requests : replies).randomElement(using: &generator) ?? []
            for _ in 0...Int.random(in: 0...3, using: &generator) { damage(&line, using: &generator) }
            let isJudged = isRequest ? readAsManager(line) : readAsClient(line)
            #expect(isJudged, "round \(round) of seed \(Self.seed)")
        }
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
    func `deep nesting gets a verdict`(opening: String) {
        for depth in [10, 500, 513, 5_000, ProtocolLimits.requestBytes / opening.utf8.count] {
            let line = Array(String(repeating: opening, count: depth).utf8)
            #expect(readAsManager(line))
            #expect(readAsClient(line))
        }
    }

    @Test(arguments: ["1e999", "-0", "9223372036854775808", "1e-999", "NaN", "1E5", "0x1", "01", "1.0"])
    func `numbers at the edge get a verdict`(number: String) {
        let line = Array(
            #"{"jsonrpc":"2.0","id":\#(number),"method":"site.status","params":{"reports":true}}"#.utf8)
        #expect(readAsManager(line))
        #expect(readAsClient(Array(#"{"jsonrpc":"2.0","id":\#(number),"result":\#(number)}"#.utf8)))
    }

    private func damage(_ line: inout [UInt8], using generator: inout SeededGenerator) {
        guard !line.isEmpty else { return }
        let index = Int.random(in: line.indices, using: &generator)
        let other = Int.random(in: line.indices, using: &generator)
        let structure = Array("{}[]\",:0-\\eu".utf8)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: line[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: line.remove(at: index)
        case 2: line.insert(structure.randomElement(using: &generator) ?? 0, at: index)
        case 3: line.removeSubrange(min(index, other)..<max(index, other))
        case 4: line.insert(contentsOf: line[min(index, other)..<max(index, other)], at: index)
        default: line[index] = structure.randomElement(using: &generator) ?? 0
        }
    }
}
