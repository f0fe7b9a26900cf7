import AdminProtocol
import ClusterModel
import ClusterTestKit
import Testing

@testable import Manager

/// From which server of another site its writes may be read.
@Suite struct NeighbourSightTests {
    private let start = ContinuousClock.now

    private func answer(_ primary: HostName?, changing: Bool? = false) -> Neighbour {
        Neighbour(site: "west", primary: primary, quorum: true, executed: [:], changing: changing)
    }

    @Test func `nothing is known before the first answer, nor of a site without a primary`() {
        var sight = NeighbourSight()
        #expect(sight.source(at: start) == .unknown)
        sight.hear(answer(nil), at: start)
        #expect(sight.source(at: start) == .unknown)
    }

    @Test func `an answer counts for a while`() {
        var sight = NeighbourSight()
        sight.hear(answer("west1"), at: start)
        #expect(sight.source(at: start + .seconds(4)) == .host("west1"))
        #expect(sight.source(at: start + NeighbourSight.silence) == .unknown)
        #expect(sight.answer?.primary == "west1")
    }

    @Test func `a server that was left is not read from until another one is named`() {
        var sight = NeighbourSight()
        sight.hear(answer("west1"), at: start)
        sight.leave("west1", at: start)
        #expect(sight.source(at: start) == .leaving("west1"))
        // The operation is at work still, however long it takes.
        sight.hear(answer("west1", changing: true), at: start + .seconds(60))
        #expect(sight.source(at: start + .seconds(60)) == .leaving("west1"))
        sight.hear(answer("west2", changing: true), at: start + .seconds(61))
        #expect(sight.source(at: start + .seconds(61)) == .host("west2"))
    }

    @Test func `a failover that came to nothing gives the old source back, after a moment`() {
        var sight = NeighbourSight()
        sight.leave("west1", at: start)
        // That manager may not have heard of the operation yet.
        sight.hear(answer("west1"), at: start + .milliseconds(100))
        #expect(sight.source(at: start + .milliseconds(100)) == .leaving("west1"))
        sight.hear(answer("west1"), at: start + NeighbourSight.patience)
        #expect(sight.source(at: start + NeighbourSight.patience) == .host("west1"))
    }

    @Test func `a manager that does not say whether anything changes is believed after a moment`() {
        var sight = NeighbourSight()
        sight.leave("west1", at: start)
        sight.hear(answer("west1", changing: nil), at: start + .seconds(1))
        #expect(sight.source(at: start + .seconds(1)) == .leaving("west1"))
        sight.hear(answer("west1", changing: nil), at: start + NeighbourSight.patience)
        #expect(sight.source(at: start + NeighbourSight.patience) == .host("west1"))
    }

    @Test func `a refused connection is tried again once in a while`() {
        let retries = Retries()
        #expect(retries.take("west", at: start))
        #expect(!retries.take("west", at: start + .seconds(9)))
        #expect(retries.take("", at: start + .seconds(9)))
        #expect(retries.take("west", at: start + Retries.pause))
    }
}
