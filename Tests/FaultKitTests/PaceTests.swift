import LoadKit
import Testing

@Suite struct PaceTests {
    private let start = ContinuousClock.now

    private func paces() -> [Pace] {
        (0..<4).map { Pace(client: $0, of: 4, every: .milliseconds(80), from: start) }
    }

    private func due(_ paces: [Pace]) -> [Duration] { paces.map { start.duration(to: $0.due) }.sorted() }

    @Test func `clients write evenly, one after the other`() {
        var paces = paces()
        #expect(due(paces) == [0, 20, 40, 60].map { .milliseconds($0) })
        for index in paces.indices { paces[index].advance(paces[index].due + .milliseconds(3)) }
        #expect(due(paces) == [80, 100, 120, 140].map { .milliseconds($0) })
    }

    @Test func `after a wait that all shared they write evenly again, and make nothing up`() {
        var paces = paces()
        let end = start + .milliseconds(330)
        for index in paces.indices { paces[index].advance(end) }
        #expect(due(paces) == [340, 360, 380, 400].map { .milliseconds($0) })
        #expect(paces.allSatisfy { $0.due > end })
    }

    @Test func `a moment that is just reached has passed`() {
        var pace = Pace(client: 0, of: 1, every: .milliseconds(10), from: start)
        pace.advance(start)
        #expect(start.duration(to: pace.due) == .milliseconds(10))
        pace.advance(start + .milliseconds(20))
        #expect(start.duration(to: pace.due) == .milliseconds(30))
    }
}
