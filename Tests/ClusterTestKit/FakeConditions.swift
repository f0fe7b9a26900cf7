import ClusterModel
import Manager

/// A host on which nothing ever runs out.
struct FakeConditions: HostConditions {
    func observe() async -> HostCondition { HostCondition() }
}
