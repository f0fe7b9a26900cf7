import ClusterHarness
import FaultKit
import SandboxKit
import SiteConfiguration
import Synchronization
import Testing

extension IntegrationTests {
    /// A short run of what `cctrl-sandbox faults` does for hours.
    @Suite struct FaultTests {
        @Test func `random faults under load at both sites break no promise`() async throws {
            let cluster = try await cluster()
            let lines = Lines()
            var options = FaultRun.Options()
            options.rate = 100
            options.patience = 120
            let kinds: [FaultKind] = [.primaryKill, .replicaKill, .coordinatorKill, .etcdKill]
            let plan = FaultPlan(
                seed: 5, count: kinds.count, kinds: kinds, sites: cluster.configuration.sites.map(\.name))
            let log = try FaultLog(path: nil) { lines.add($0) }
            var run = FaultRun(try FaultCluster(sandbox: cluster.sandbox, log: log), options)
            do {
                try await run.run(plan)
            } catch {
                Issue.record("\(error)\n\(lines.text)")
            }
            #expect(run.records.count == kinds.count, "\(lines.text)")
            #expect(run.records.allSatisfy { $0.lost == 0 && $0.repeated == 0 && $0.acknowledged > 0 })
            // Each kind once, in the seed's order.
            #expect(Set(run.records.map(\.fault.kind)) == Set(kinds))
        }
    }
}

/// What a run said, for the message of a test that fails.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var text: String { lines.withLock { $0.joined(separator: "\n") } }
}
