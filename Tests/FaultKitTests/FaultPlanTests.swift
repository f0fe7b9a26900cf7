import ClusterModel
import Testing

@testable import FaultKit

@Suite struct FaultPlanTests {
    private let sites: [SiteName]

    init() throws { sites = try ["east", "west"].map { try #require(SiteName($0)) } }

    @Test func `a seed gives the same faults again, and another seed others`() {
        let plan = FaultPlan(seed: 7, count: 60, kinds: FaultKind.allCases, sites: sites)
        #expect(plan == FaultPlan(seed: 7, count: 60, kinds: FaultKind.allCases, sites: sites))
        #expect(plan != FaultPlan(seed: 8, count: 60, kinds: FaultKind.allCases, sites: sites))
        #expect(plan.faults.map(\.number) == Array(1...60))
    }

    @Test func `a longer run begins as a shorter one does`() {
        let short = FaultPlan(seed: 3, count: 20, kinds: FaultKind.allCases, sites: sites)
        let long = FaultPlan(seed: 3, count: 200, kinds: FaultKind.allCases, sites: sites)
        #expect(Array(long.faults.prefix(20)) == short.faults)
    }

    @Test func `every kind comes before one comes again`() {
        let kinds = FaultKind.allCases
        let plan = FaultPlan(seed: 1, count: kinds.count * 2, kinds: kinds, sites: sites)
        for half in [plan.faults.prefix(kinds.count), plan.faults.suffix(kinds.count)] {
            #expect(Set(half.map(\.kind)) == Set(kinds))
        }
        #expect(plan.faults.allSatisfy { $0.kind.length.contains(Int($0.length / .milliseconds(1))) })
    }

    @Test func `the summary has medians and maxima of each kind`() throws {
        let fault = try #require(
            FaultPlan(seed: 1, count: 1, kinds: [.primaryKill], sites: sites).faults.first)
        let records = [100.0, 300, 200].map { gap in
            FaultRecord(
                fault: fault, deed: "", gap: gap, gapElsewhere: nil, whole: gap / 100, helped: gap == 300,
                acknowledged: 10, lost: 0, repeated: 0)
        }
        let lines = FaultSummary(records).lines
        #expect(
            lines[1].split(separator: " ").map(String.init)
                == ["primary-kill", "3", "0.20", "0.30", "2.00", "3.00", "1"])
        #expect(lines[2] == "3 faults, 30 acknowledged writes, lost 0, repeated 0")
    }
}
