import FuzzKit
import Testing

/// A small run of what `cctrl-fuzz` does at length, and everything that it ever found.
@Suite struct FuzzTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `every input has a verdict`(seed: UInt64) throws {
        let run = FuzzRun(seed: seed, corpus: FuzzCorpus.load().map(\.bytes))
        for input in 0..<25_000 { try run.check(input) }
    }

    @Test func `what once broke holds now, wherever the cursor is`() {
        let corpus = FuzzCorpus.load()
        #expect(!corpus.isEmpty)
        for (name, bytes) in corpus {
            #expect(FuzzChecks.problem(frame: bytes) == nil, "\(name)")
            for cursor in -1...bytes.count + 1 {
                #expect(FuzzChecks.problem(line: bytes, cursor: cursor) == nil, "\(name) at \(cursor)")
            }
        }
    }
}
