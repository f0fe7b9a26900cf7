import Testing

@testable import Manager

/// When a lease is over, by what etcd tells of it in whole seconds.
@Suite struct LeaseEndTests {
    private let start = ContinuousClock.now

    /// What looks at these milliseconds find out; each takes one.
    private func verdicts(_ looks: [(at: Int, lease: Int64, left: Int64)]) -> [Bool] {
        var end = LeaseEnd()
        return looks.map { look in
            let asked = start + .milliseconds(look.at)
            return end.isOver(
                HostLease(id: look.lease, secondsLeft: look.left), asked: asked,
                answered: asked + .milliseconds(1))
        }
    }

    @Test func `more than its last second must have passed`() {
        let looks = [(0, 1), (500, 0), (1000, 0), (1500, 0), (1501, 0), (1502, 0)]
        #expect(verdicts(looks.map { ($0.0, 7, Int64($0.1)) }) == [false, false, false, false, false, true])
    }

    @Test func `a renewal begins anew`() {
        let looks = [(0, 0), (600, 2), (1200, 0), (1800, 0), (2202, 0)]
        #expect(verdicts(looks.map { ($0.0, 7, Int64($0.1)) }) == [false, false, false, false, true])
    }

    @Test func `a look that came late may have missed a renewal`() {
        let looks = [(0, 0), (900, 0), (1400, 0), (1902, 0)]
        #expect(verdicts(looks.map { ($0.0, 7, Int64($0.1)) }) == [false, false, false, true])
    }

    @Test func `another lease is not the one that was seen before`() {
        #expect(verdicts([(0, 7, 0), (600, 8, 0), (1200, 8, 0)]) == [false, false, false])
    }
}
