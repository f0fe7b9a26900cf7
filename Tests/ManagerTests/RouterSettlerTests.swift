import AdminProtocol
import ClusterModel
import ClusterTestKit
import Testing

@testable import Manager

@Suite struct RouterSettlerTests {
    private func report(_ state: ComponentState = .online, writes: [HostName], reads: [HostName])
        -> RouterReport
    {
        var report = RouterReport(state: state, pid: 1)
        report.writesTo = writes
        report.readsFrom = reads
        return report
    }

    @Test func `a router at its goal is left alone`() {
        let report = report(writes: ["east1"], reads: ["east2", "east3"])
        let goal = RouterGoal(accepts: .online, write: "east1", read: ["east3", "east2"])
        #expect(RouterSettler.changes(from: report, to: goal).isEmpty)
    }

    @Test func `the new target comes before the old one goes`() {
        let report = report(writes: ["east1"], reads: ["east2", "east3"])
        let goal = RouterGoal(accepts: .online, write: "east2", read: ["east3", "east1"])
        #expect(
            RouterSettler.changes(from: report, to: goal) == [
                .use("east2", .write), .use("east1", .read), .leave("east1", .write), .leave("east2", .read),
            ])
    }

    @Test func `a router that is to accept nothing refuses first, and one that is to accept does so last`() {
        let open = report(writes: ["east1"], reads: [])
        let away = RouterGoal(accepts: .offline, write: nil, read: [])
        #expect(
            RouterSettler.changes(from: open, to: away) == [
                .refuse(.write), .refuse(.read), .leave("east1", .write),
            ])
        let closed = report(.offline, writes: [], reads: [])
        let wanted = RouterGoal(accepts: .online, write: "east1", read: [])
        #expect(
            RouterSettler.changes(from: closed, to: wanted) == [
                .use("east1", .write), .accept(.write), .accept(.read),
            ])
    }

    @Test func `a router that does not run is not told anything`() {
        let goal = RouterGoal(accepts: .online, write: "east1", read: [])
        #expect(RouterSettler.changes(from: report(.stopped, writes: [], reads: []), to: goal).isEmpty)
    }

    @Test func `the changes always lead to the goal, and never leave two targets for writes`() async throws {
        var generator = SeededGenerator(seed: 15)
        let hosts = SiteShape.east(hosts: 4).hosts
        for _ in 0..<500 {
            let router = FakeRouter("east1", Diary())
            router.change { state in
                state.accepts = generator.oneIn(2)
                state.writesTo = hosts.filter { _ in generator.oneIn(3) }
                state.readsFrom = hosts.filter { _ in generator.oneIn(2) }
            }
            let goal = RouterGoal(
                accepts: generator.oneIn(2) ? .online : .offline,
                write: generator.oneIn(4) ? nil : hosts.randomElement(using: &generator),
                read: hosts.filter { _ in generator.oneIn(2) })
            try await router.apply(RouterSettler.changes(from: await router.observe(), to: goal))
            let state = router.state
            #expect(state.writesTo == [goal.write].compactMap { $0 })
            #expect(Set(state.readsFrom) == Set(goal.read))
            #expect(state.accepts == (goal.accepts == .online))
            #expect(RouterSettler.changes(from: await router.observe(), to: goal).isEmpty)
        }
    }
}
