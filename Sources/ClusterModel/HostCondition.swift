/// What a host's processes stand on, as its manager sees it: disks, certificates, its member of etcd.
package struct HostCondition: Codable, Hashable, Sendable {
    /// One for each file system that holds something of the cluster's.
    package var disks: [DiskReport] = []
    /// The host's own, its authority, and where managers run etcd, the same for its member.
    package var certificates: [CertificateReport] = []
    /// Nil where the site has an etcd of its own that no manager runs.
    package var member: MemberReport?

    package init() {}
}

extension HostReport {
    /// The disk of the server's data or of its log, where it is full: the server's commits wait then.
    package var fullServerDisk: DiskReport? {
        condition?.disks.first { $0.isFull && $0.holds.contains { $0 != DiskReport.etcd } }
    }
}

/// A file system that the host's data is on.
package struct DiskReport: Codable, Hashable, Sendable {
    package static let data = "data"
    package static let binaryLog = "binary log"
    package static let etcd = "etcd"
    /// With less room than this it is full, in bytes: what is written next may not fit.
    package static let fullBytes: Int64 = 8 << 20

    /// What it holds, in the words above; the most important first.
    package var holds: [String]
    /// A directory on it.
    package var path: String
    /// Bytes.
    package var size: Int64
    /// Bytes that an ordinary program can still write.
    package var free: Int64

    package init(holds: [String], path: String, size: Int64, free: Int64) {
        self.holds = holds
        self.path = path
        self.size = size
        self.free = free
    }

    package var isFull: Bool { free < Self.fullBytes }
}

/// A certificate file, by the clock of its host.
package struct CertificateReport: Codable, Hashable, Sendable {
    package var path: String
    /// The end of its validity; nil where the file cannot be read.
    package var end: WallTime?
    /// Why it cannot be read.
    package var problem: String?

    package init(path: String, end: WallTime?, problem: String? = nil) {
        self.path = path
        self.end = end
        self.problem = problem
    }
}

/// The member of etcd that a manager runs.
package struct MemberReport: Codable, Hashable, Sendable {
    /// `online`, `stopped` (it has ended, and is started again and again) or `timeout` (it runs and does not answer).
    package var state: ComponentState
    /// Why it is not online, in its own words where it has said any; an alarm of one that is.
    package var problem: String?

    package init(state: ComponentState, problem: String? = nil) {
        self.state = state
        self.problem = problem
    }
}
