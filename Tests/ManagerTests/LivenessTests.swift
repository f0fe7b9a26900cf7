import Manager
import Testing

@Suite struct LivenessTests {
    private let start = ContinuousClock.now

    /// Looks every 100 ms for `seconds`, and says when the server was first taken for hung.
    private func hangs(
        _ liveness: inout Liveness, for seconds: Double, from offset: Double = 0,
        _ condition: (Double) -> ProcessCondition?
    ) -> Double? {
        var at = offset
        while at < offset + seconds {
            let now = start + .seconds(at)
            if liveness.judge(condition(at), asked: now, at: now) != nil { return at - offset }
            at += 0.1
        }
        return nil
    }

    @Test func `a server that answers does not hang`() {
        var liveness = Liveness()
        #expect(hangs(&liveness, for: 100) { _ in nil } == nil)
    }

    @Test func `a stopped process hangs within a second`() throws {
        var liveness = Liveness()
        let after = try #require(hangs(&liveness, for: 100) { _ in .stopped })
        #expect(after >= Liveness.Patience.stopped && after < 1)
    }

    @Test func `a process that works is slow, not hung`() throws {
        var liveness = Liveness()
        let after = try #require(hangs(&liveness, for: 100) { .running(ticks: UInt64($0 * 100)) })
        #expect(after >= Liveness.Patience.busy)
    }

    @Test func `a process that does nothing hangs`() throws {
        var liveness = Liveness()
        let after = try #require(hangs(&liveness, for: 100) { _ in .running(ticks: 7) })
        #expect(after >= Liveness.Patience.idle && after < Liveness.Patience.idle + 1)
    }

    @Test func `a process that works now and then is not hung`() {
        var liveness = Liveness()
        #expect(hangs(&liveness, for: 50) { .running(ticks: UInt64($0 / 4)) } == nil)
    }

    @Test func `a process that nobody knows is given time`() throws {
        var liveness = Liveness()
        let after = try #require(hangs(&liveness, for: 100) { _ in .unknown })
        #expect(after >= Liveness.Patience.unknown)
    }

    @Test func `one sign of life begins the count anew`() {
        var liveness = Liveness()
        #expect(hangs(&liveness, for: 4) { _ in .running(ticks: 7) } == nil)
        #expect(liveness.judge(nil, asked: start + .seconds(4.1), at: start + .seconds(4.1)) == nil)
        #expect(hangs(&liveness, for: 4, from: 4.2) { _ in .running(ticks: 7) } == nil)
    }

    @Test func `a process that is gone is dead, not hung`() {
        var liveness = Liveness()
        #expect(hangs(&liveness, for: 100) { _ in .gone } == nil)
    }
}
