import AdminProtocol
import ClusterTestKit
import Testing

@testable import Manager

/// An entry that is late must never come after a newer one.
@Suite struct ScribeTests {
    private func entry(_ id: String) -> OperationRecord {
        OperationRecord(
            id: id, command: "failover", by: "rules", coordinator: "east1", startedAt: .now, result: .running,
            lines: [])
    }

    @Test func `of entries that come soon after one another the newest is written`() async throws {
        let scribe = Scribe()
        let written = LineBox()
        for id in ["1", "2", "3"] { scribe.note(entry(id)) { written.add($0.id) } }
        try await eventually("it is written") { !written.lines.isEmpty }
        await scribe.rest()
        #expect(written.lines == ["3"])
    }

    @Test func `what waits is not written after a rest, and what comes then is`() async throws {
        let scribe = Scribe()
        let written = LineBox()
        scribe.note(entry("1")) { written.add($0.id) }
        await scribe.rest()
        scribe.note(entry("2")) { written.add($0.id) }
        try await eventually("it is written") { !written.lines.isEmpty }
        await scribe.rest()
        #expect(written.lines == ["2"])
    }

    @Test func `nothing is written after a rest that came while something was`() async throws {
        let scribe = Scribe()
        let written = LineBox()
        let (gate, open) = AsyncStream<Void>.makeStream()
        scribe.note(entry("1")) { record in
            written.add("begins")
            for await _ in gate {}
            written.add(record.id)
        }
        try await eventually("it is being written") { !written.lines.isEmpty }
        scribe.note(entry("2")) { written.add($0.id) }
        async let resting: Void = scribe.rest()
        open.finish()
        await resting
        let before = written.lines
        #expect(before.starts(with: ["begins", "1"]))
        try await Task.sleep(for: .milliseconds(200))
        #expect(written.lines == before)
    }
}
