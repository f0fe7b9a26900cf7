import AdminProtocol
import ClusterModel
import Manager

/// A host on which nothing ever runs out.
struct FakeConditions: HostConditions {
    func observe() async -> HostCondition { HostCondition() }

    func handLeadership(to heirs: [HostName]) async throws(Refusal) -> HostName? { nil }
}
