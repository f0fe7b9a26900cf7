import ClusterModel
import Glibc
import SiteConfiguration

/// A process of the sandbox at one moment.
package struct SandboxProcess: Sendable, Hashable {
    package var host: HostName
    package var component: Component
    package var pid: pid_t
    /// Ticks since the machine's start; with the process id it names one process for good.
    package var startTime: UInt64
    /// Stopped by a signal: it exists and does nothing.
    package var isFrozen: Bool
}

/// Which processes belong to a sandbox.
///
/// A process is ours when its command line names our files. Process ids in files can be stale, and their numbers
/// used again by others; what a process was started with is always true.
struct ProcessTable {
    var processes: [SandboxProcess] = []

    /// Looks at every process of the machine.
    static func scan(_ configuration: ClusterConfiguration) -> ProcessTable {
        let hosts = configuration.hosts.map { ($0, HostPaths(host: $0, in: configuration)) }
        var table = ProcessTable()
        for name in Files.names(in: "/proc") ?? [] {
            guard let pid = pid_t(name), let words = commandLine(pid), let program = words.first else {
                continue
            }
            let component: Component
            switch program.split(separator: "/").last {
            case "mariadbd": component = .mysql
            case "haproxy": component = .router
            case "cctrl-manager": component = .manager
            case "etcd": component = .etcd
            default: continue
            }
            let host = hosts.first { host, paths in
                switch component {
                case .mysql: words.contains("--defaults-file=" + paths.serverConfiguration)
                case .router: words.contains(paths.routerConfiguration)
                case .manager: words.contains(configuration.path) && words.contains(host.description)
                case .etcd: words.contains { $0.contains(paths.base + "/") }
                }
            }
            guard let (host, _) = host, let status = status(pid) else { continue }
            table.processes.append(
                SandboxProcess(
                    host: host, component: component, pid: pid, startTime: status.startTime,
                    isFrozen: status.state == "T"))
        }
        return table
    }

    subscript(_ host: HostName, _ component: Component) -> [SandboxProcess] {
        processes.filter { $0.host == host && $0.component == component }
    }

    /// Nil for a process that is gone, a zombie, or a kernel thread.
    static func commandLine(_ pid: pid_t) -> [String]? {
        guard let bytes = Files.read("/proc/\(pid)/cmdline"), !bytes.isEmpty else { return nil }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func status(_ pid: pid_t) -> (state: Character, startTime: UInt64)? {
        guard let text = Files.text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        // Behind the name in parentheses: the state is the first field, the start time the twentieth.
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let time = UInt64(fields[19]) else {
            return nil
        }
        return state == "Z" || state == "X" ? nil : (state, time)
    }
}

extension SandboxProcess {
    /// Still the very process that was seen.
    package var isAlive: Bool {
        // Where this program is its parent, a dead process stays until it is asked for.
        waitpid(pid, nil, WNOHANG)
        guard let text = Files.text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
            return false
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, UInt64(fields[19]) == startTime else { return false }
        // A process whose first thread has ended keeps its files and ports until the last one has, such as one that
        // waits for the disk.
        return (fields[0] != "Z" && fields[0] != "X") || Files.names(in: "/proc/\(pid)/task")?.count ?? 0 > 1
    }

    /// Sends a signal, and to nobody else where the process is gone; false where it is.
    @discardableResult
    package func signal(_ number: Int32) -> Bool { isAlive && kill(pid, number) == 0 }
}
