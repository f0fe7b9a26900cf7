import ClusterHarness
import Testing

/// Everything that a newcomer is promised, on one real cluster of two sites.
///
/// Each test begins with a whole cluster and leaves one behind; a wait that comes to nothing is a failure.
@Suite(
    .serialized, .enabled(if: RunningCluster.canRun, "programs of this project, or servers, are missing"),
    .timeLimit(.minutes(4)), WithCluster(base: 61))
struct IntegrationTests {
    /// The cluster, whole.
    static func cluster() async throws -> RunningCluster {
        let cluster = try #require(RunningCluster.current)
        try await cluster.mend()
        return cluster
    }
}
