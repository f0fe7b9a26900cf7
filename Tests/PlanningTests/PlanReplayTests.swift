import ClusterModel
import ClusterTestKit
import Planning
import Testing

/// Every interruption of every plan: whatever happens, one server takes writes, and nothing acknowledged is lost.
@Suite struct PlanReplayTests {
    /// Plans on random sites, at most `count`.
    private func plans(
        _ count: Int, seed: UInt64, _ make: (SiteSnapshot, inout SeededGenerator) -> Plan?
    ) -> [(SiteSnapshot, Plan)] {
        var generator = SeededGenerator(seed: seed)
        var found: [(SiteSnapshot, Plan)] = []
        for _ in 0..<10_000 where found.count < count {
            let site = SiteSnapshot.random(using: &generator)
            if let plan = make(site, &generator) { found.append((site, plan)) }
        }
        return found
    }

    private func switchPlan(_ site: SiteSnapshot, _ generator: inout SeededGenerator) -> Plan? {
        let target = generator.oneIn(2) ? nil : site.shape.hosts.randomElement(using: &generator)
        let force = generator.oneIn(4)
        do throws(PlanRefusal) {
            return try SwitchPlanner.plan(to: target, in: site, force: force).plan
        } catch {
            return nil
        }
    }

    @Test(arguments: [UInt64](1...8))
    func `a switch that is interrupted anywhere goes back or on, and loses nothing`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let plans = plans(40, seed: seed, switchPlan)
        #expect(plans.count == 40)
        for (number, (site, plan)) in plans.enumerated() {
            // One site sees all that can happen, the others something of it.
            let all = Disturbance.all(of: plan)
            for disturbance in number == 0 ? all : Array(all.shuffled(using: &generator).prefix(8)) {
                let chance = SeededGenerator(seed: generator.next())
                var replay = PlanReplay(plan, on: site, disturbance, using: chance)
                replay.run()
                let disorder = replay.site.disorder
                let comment = "seed \(seed), plan \(number): \(disturbance): \(disorder.first ?? "")"
                #expect(disorder.isEmpty, "\(comment)")
                let primary = replay.isDecided ? plan.to : plan.from
                #expect(replay.site.snapshot.primary == primary, "\(comment)")
            }
        }
    }

    @Test func `an undisturbed switch leaves nobody held and nobody frozen before any manager comes to help`()
    {
        for (site, plan) in plans(100, seed: 99, switchPlan) {
            var course = PlanCourse(plan)
            var model = ModelSite(site, using: SeededGenerator(seed: 7))
            var routed: Set<HostName> = []
            while let stage = course.stage {
                course.begin()
                for step in stage {
                    model.take(step)
                    if case .holdRouters(let routers, _) = step { routed.formUnion(routers) }
                }
                course.end()
            }
            #expect(course.isDecided && course.wayBack.isEmpty)
            #expect(model.servers.filter { !$0.value.readOnly }.map(\.key) == [plan.to])
            #expect(model.servers.values.allSatisfy { !$0.isFrozen })
            for router in routed {
                #expect(model.routers[router]?.isHeld == false)
                #expect(model.routers[router]?.target == plan.to)
            }
            #expect(model.violations.isEmpty)
        }
    }

    @Test func `what takes a plan back opens nothing before what it has opened is closed`() {
        for (site, plan) in plans(20, seed: 3, switchPlan) {
            var course = PlanCourse(plan)
            while let stage = course.stage, !course.decides {
                course.begin()
                var model = ModelSite(site, using: SeededGenerator(seed: 1))
                for step in plan.stages.prefix(while: { $0 != stage }).joined() { model.take(step) }
                for step in stage { model.take(step) }
                for step in course.wayBack { model.take(step) }
                #expect(model.violations.isEmpty)
                #expect(model.servers[plan.from].map { !$0.readOnly && !$0.isFrozen } == true)
                #expect(model.routers.values.allSatisfy { !$0.isHeld })
                for step in course.wayBack {
                    guard case .settle = step else { continue }
                    #expect(course.wayBack.count { $0 == step } == 1, "a server takes its place once")
                }
                course.end()
            }
        }
    }
}
