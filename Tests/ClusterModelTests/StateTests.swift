import ClusterModel
import ClusterTestKit
import Testing

@Suite struct StateTests {
    @Test func `a link's state follows from its threads and errors`() {
        func state(_ change: (inout LinkReport) -> Void) -> ComponentState {
            var link = LinkReport.following("east1")
            change(&link)
            return link.state
        }
        #expect(state { _ in } == .online)
        #expect(
            state { link in
                link.receiving = false
                link.connecting = true
            } == .synchronizing)
        #expect(state { $0.receiving = false } == .offline)
        #expect(
            state { link in
                link.receiving = false
                link.receiveError = 1236
            } == .suspect)
        #expect(
            state { link in
                link.applying = false
                link.applyError = 1062
            } == .suspect)
    }

    @Test func `a majority is more than half`() {
        #expect((1...7).map { SiteShape.east(hosts: $0).majority } == [1, 2, 2, 3, 3, 4, 4])
    }

    @Test func `times are ordered and subtracted`() {
        let (first, second) = (WallTime(milliseconds: 1_000), WallTime(milliseconds: 2_500))
        #expect(first < second)
        #expect(second.seconds(since: first) == 1.5)
        #expect(first.seconds(since: second) == -1.5)
    }
}
