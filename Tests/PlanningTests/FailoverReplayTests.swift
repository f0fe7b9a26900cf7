import ClusterModel
import ClusterTestKit
import Planning
import Testing

/// Every interruption of a failover: whatever happens, one server at most takes writes, it has everything that was
/// acknowledged, and a site that is whole again has a writer.
@Suite struct FailoverReplayTests {
    /// Stages of a failover, from turning clients away to the place of every server.
    static let stages = 8

    private func expect(
        _ replay: FailoverReplay, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(replay.found.isEmpty, "\(what): \(replay.found.first ?? "")", sourceLocation: sourceLocation)
    }

    @Test func `a failover has the stages that are interrupted here`() throws {
        let site = SiteSnapshot.healthy().with { $0.set("east1", .failed) }
        let plan = try FailoverPlanner.plan(target: nil, in: site, force: false)
        #expect(plan.stages.count == Self.stages)
        #expect(plan.isFailover)
        #expect(plan.stages.filter { $0.contains(where: \.isPointOfNoReturn) }.count == 1)
        #expect(Set(plan.steps.map(\.word)).count == plan.steps.count)
    }

    @Test(arguments: ModelLoss.allCases)
    func `a failover that nothing disturbs promotes one, and loses nothing`(loss: ModelLoss) {
        for seed in UInt64(1)...20 {
            var replay = FailoverReplay(
                hosts: 3 + Int(seed % 4), loss, [], using: SeededGenerator(seed: seed))
            replay.run()
            expect(replay, "seed \(seed), \(loss)")
        }
    }

    @Test(arguments: ModelLoss.allCases)
    func `a failover that is interrupted anywhere ends with one writer, or a refusal, and loses nothing`(
        loss: ModelLoss
    ) {
        for (number, interruption) in Interruption.all(stages: Self.stages).enumerated() {
            let seed = UInt64(97 * (number + 1))
            var replay = FailoverReplay(
                hosts: 3 + number % 3, loss, [interruption], using: SeededGenerator(seed: seed))
            replay.run()
            expect(replay, "seed \(seed), \(loss), \(interruption)")
        }
    }

    @Test(arguments: ModelLoss.allCases)
    func `two things at once change nothing of that`(loss: ModelLoss) {
        let all = Interruption.all(stages: Self.stages)
        var generator = SeededGenerator(seed: 4711)
        for number in 0..<100 {
            let two = Array(all.shuffled(using: &generator).prefix(2))
            let seed = generator.next()
            var replay = FailoverReplay(
                hosts: 3 + number % 3, loss, two, using: SeededGenerator(seed: seed))
            replay.run()
            expect(replay, "number \(number), \(loss), \(two)")
        }
    }
}
