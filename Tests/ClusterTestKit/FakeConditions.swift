import AdminProtocol
import ClusterModel
import Manager
import Synchronization

/// A host on which nothing runs out, unless a test says so.
package final class FakeConditions: HostConditions {
    private let condition = Mutex(HostCondition())

    package init() {}

    package func observe() async -> HostCondition { condition.withLock { $0 } }

    package func handLeadership(to heirs: [HostName]) async throws(Refusal) -> HostName? { nil }

    /// Nothing more can be written to the server's disk.
    package func fillDisk() {
        condition.withLock {
            $0.disks = [DiskReport(holds: [DiskReport.data], path: "/data", size: 1 << 30, free: 0)]
        }
    }

    /// The host's certificate ends so many seconds from now.
    package func certificateEnds(in seconds: Double) {
        let end = WallTime(milliseconds: WallTime.now.milliseconds + Int64(seconds * 1000))
        condition.withLock { $0.certificates = [CertificateReport(path: "/host.pem", end: end)] }
    }
}
