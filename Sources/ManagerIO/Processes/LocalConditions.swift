import AdminProtocol
import ClusterModel
import EtcdClient
import Glibc
import Manager
import NIOSSL
import SiteConfiguration
import Synchronization
import WorkLoop

/// The room, the certificates and the etcd member of the host that this manager runs on.
package final class LocalConditions: HostConditions {
    private struct State {
        var certificates: [String: Known] = [:]
        var member: MemberReport?
        var nextLook = ContinuousClock.now
        /// The number of the own member, where it led the others when it was asked last.
        var leading: UInt64?
    }

    /// A certificate file as it was last read.
    private struct Known {
        var stamp: FileStamp
        var report: CertificateReport
    }

    /// How often the member is asked whether it serves.
    private static let pause = Duration.seconds(1)

    private let server: MariaDBServer
    private let paths: HostPaths
    private let etcd: EtcdClient
    /// Nil where the site's etcd is run by others.
    private let member: MemberLife?
    private let endpoint: String
    private let state = Mutex(State())

    /// - Parameter endpoint: of the own member.
    package init(
        server: MariaDBServer, paths: HostPaths, etcd: EtcdClient, member: MemberLife?, endpoint: String
    ) {
        self.server = server
        self.paths = paths
        self.etcd = etcd
        self.member = member
        self.endpoint = endpoint
    }

    package func observe() async -> HostCondition {
        // A disk that hangs keeps who looks at it.
        var condition = await WorkLoop.away { lookAtFiles() }
        condition.member = await look()
        return condition
    }

    private func lookAtFiles() -> HostCondition {
        var condition = HostCondition()
        condition.disks = disks()
        var files = [paths.certificate, paths.authority]
        if member != nil { files += [paths.etcdCertificate, paths.etcdAuthority] }
        condition.certificates = files.map(certificate)
        return condition
    }

    // MARK: disks

    /// One entry for each file system, named by the first directory that is on it.
    private func disks() -> [DiskReport] {
        let places = server.places.withLock { $0 }
        var directories = [(DiskReport.data, places.data ?? paths.serverData)]
        if let log = places.log { directories.append((DiskReport.binaryLog, log)) }
        if member != nil { directories.append((DiskReport.etcd, paths.etcdData)) }
        var found: [(device: dev_t, report: DiskReport)] = []
        for (holds, path) in directories {
            var facts = stat()
            var room = statvfs()
            guard stat(path, &facts) == 0, statvfs(path, &room) == 0 else { continue }
            if let index = found.firstIndex(where: { $0.device == facts.st_dev }) {
                found[index].report.holds.append(holds)
                continue
            }
            let unit = Int64(room.f_frsize)
            found.append(
                (
                    facts.st_dev,
                    DiskReport(
                        holds: [holds], path: path, size: Int64(room.f_blocks) * unit,
                        free: Int64(room.f_bavail) * unit)
                ))
        }
        return found.map(\.report)
    }

    // MARK: certificates

    private func certificate(_ path: String) -> CertificateReport {
        let stamp = FileStamp(path)
        if let known = state.withLock({ $0.certificates[path] }), known.stamp == stamp { return known.report }
        let report: CertificateReport
        do {
            let ends = try NIOSSLCertificate.fromPEMFile(path).map(\.notValidAfter)
            let end = ends.min().map { WallTime(milliseconds: Int64($0) * 1000) }
            report = CertificateReport(path: path, end: end, problem: end == nil ? "HOLDS NONE" : nil)
        } catch {
            report = CertificateReport(path: path, end: nil, problem: "CANNOT BE READ (\(error))")
        }
        state.withLock { $0.certificates[path] = Known(stamp: stamp, report: report) }
        return report
    }

    // MARK: etcd

    /// The member's state by its process at once, and by its own answer every second.
    private func look() async -> MemberReport? {
        guard let life = member else { return nil }
        let isDue = state.withLock { state in
            // One that is not well is looked at each time, so that its return is seen at once.
            guard ContinuousClock.now >= state.nextLook || state.member?.state != .online else {
                return false
            }
            state.nextLook = .now + Self.pause
            return true
        }
        if life.pid == nil { return note(MemberReport(state: .stopped, problem: life.problem)) }
        guard isDue else { return state.withLock { $0.member } ?? MemberReport(state: .online) }
        do throws(EtcdError) {
            let status = try await etcd.status(of: endpoint, deadline: .seconds(1))
            state.withLock { $0.leading = status.leader == status.member ? status.member : nil }
            return note(
                MemberReport(state: .online, problem: life.problem ?? status.errors.first))
        } catch {
            let state: ComponentState = if case .timeout = error { .timeout } else { .stopped }
            return note(MemberReport(state: state, problem: life.problem ?? error.description))
        }
    }

    package func handLeadership(to heirs: [HostName]) async throws(Refusal) -> HostName? {
        // Asked anew with the member's next look, whatever comes of it.
        let own = state.withLock { state in
            defer { state.leading = nil }
            return state.leading
        }
        guard let own else { return nil }
        do throws(EtcdError) {
            let members = try await etcd.members(of: endpoint).filter { $0.id != own && !$0.isLearner }
            for heir in heirs {
                guard let member = members.first(where: { $0.name == heir.description }) else { continue }
                try await etcd.transferLeadership(from: endpoint, to: member.id, deadline: .seconds(2))
                return heir
            }
            return nil
        } catch {
            throw Refusal(.storeError, "etcd's leader was not moved: \(error)")
        }
    }

    private func note(_ report: MemberReport) -> MemberReport {
        state.withLock { $0.member = report }
        return report
    }
}

/// By what a file is known to be another, or to have been written anew.
struct FileStamp: Hashable, Sendable {
    private var device: UInt64 = 0
    private var node: UInt64 = 0
    private var size: Int64 = -1
    private var seconds = 0
    private var nanoseconds = 0

    /// A file that is not there has a stamp too.
    init(_ path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return }
        device = UInt64(facts.st_dev)
        node = UInt64(facts.st_ino)
        size = Int64(facts.st_size)
        seconds = facts.st_mtim.tv_sec
        nanoseconds = facts.st_mtim.tv_nsec
    }
}
