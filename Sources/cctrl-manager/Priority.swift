import Glibc
import Logging
import ManagerIO

/// How early this process gets a processor that others want too.
///
/// A lease that is renewed late because everything else on the host is busy costs the site its writer. Etcd, which the
/// manager starts, inherits it; programs that the manager runs for others do not (`ChildProcess`). An account without
/// the right to it goes on as it is.
enum Priority {
    /// As a `nice` value; less is earlier.
    static let wanted: Int32 = -10

    static func raise(_ log: Logger) {
        // Linux keeps it by thread, and a new thread has that of its creator.
        guard let tasks = opendir("/proc/self/task") else { return }
        defer { closedir(tasks) }
        while let entry = readdir(tasks) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let thread = UInt32(name) else { continue }
            if setpriority(Int32(PRIO_PROCESS.rawValue), thread, wanted) != 0 {
                log.info(
                    "the priority stays as it is", metadata: ["why": "\(String(cString: strerror(errno)))"])
                return
            }
        }
        SessionPriority.follow(getpid())
    }
}
