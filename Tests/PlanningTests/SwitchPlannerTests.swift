import ClusterModel
import ClusterTestKit
import Planning
import Testing

@Suite struct SwitchPlannerTests {
    private func refusal(
        to target: HostName? = "east2", force: Bool = false, _ change: (inout SiteSnapshot) -> Void
    ) -> PlanRefusal? {
        do throws(PlanRefusal) {
            _ = try SwitchPlanner.plan(to: target, in: SiteSnapshot.healthy().with(change), force: force)
            return nil
        } catch {
            return error
        }
    }

    @Test func `each rule that stands in the way is named`() {
        #expect(refusal { _ in } == nil)
        #expect(refusal { $0.operation = .sample } == .operationRunning(.sample))
        #expect(refusal { $0.records.primary = nil } == .noPrimary)
        #expect(refusal(to: "west9") { _ in } == .noSuchDataSource("west9"))
        #expect(refusal(to: "east1") { _ in } == .alreadyPrimary("east1"))
        #expect(
            refusal { $0.reports["east1"]?.server.state = .stopped } == .primaryNotServing("east1", .stopped))
        #expect(refusal { $0.reports["east1"] = nil } == .primaryNotServing("east1", .unknown))
        #expect(refusal { $0.set("east1", .shunned) } == .primaryNotOnline("east1", .shunned))
        #expect(refusal { $0.reports["east3"] = nil } == .routerUnmanaged("east3"))
        #expect(
            refusal { $0.reports["east2"]?.server.links = [] } == .notCandidate("east2", .replicatorMissing))
        #expect(
            refusal(to: nil) { site in
                site.set("east2", .shunned, reason: "A")
                site.set("east3", .failed, reason: "B")
            }
                == .noCandidate([
                    "east2": .state(.shunned, reason: "A"), "east3": .state(.failed, reason: "B"),
                ]))
    }

    @Test func `force passes over states and routers, not over positions and objections`() {
        #expect(refusal(force: true) { $0.set("east1", .shunned) } == nil)
        #expect(refusal(force: true) { $0.reports["east3"] = nil } == nil)
        #expect(
            refusal(force: true) { $0.reports["east2"]?.server.links = [] }
                == .notCandidate("east2", .replicatorMissing))
        #expect(
            refusal(force: true) { $0.reports["east1"]?.server.state = .timeout }
                == .primaryNotServing("east1", .timeout))
        #expect(refusal(force: true) { $0.operation = .sample } == .operationRunning(.sample))
    }

    @Test func `without a target the best candidate is taken`() throws {
        let site = SiteSnapshot.healthy().with {
            $0.reports["east3"]?.server = .replica(of: "east1", at: "1-1-101")
        }
        #expect(try SwitchPlanner.plan(to: nil, in: site, force: false).plan.to == "east3")
        #expect(try SwitchPlanner.plan(to: "east2", in: site, force: false).plan.to == "east2")
    }

    @Test func `a router that is stopped takes no part`() throws {
        let site = SiteSnapshot.healthy().with { $0.reports["east3"]?.router.state = .stopped }
        let plan = try SwitchPlanner.plan(to: "east2", in: site, force: false).plan
        #expect(
            plan.steps.contains {
                if case .holdRouters(let routers, _) = $0 { routers == ["east1", "east2"] } else { false }
            })
    }
}
