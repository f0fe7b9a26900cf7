import ClusterModel
import Glibc
import SiteConfiguration

/// Clocks that somebody sets.
extension Sandbox {
    /// Sets the clock of a host's server, router and manager, by so many seconds; 0 sets it right.
    ///
    /// Etcd keeps the machine's: programs written in Go do not ask the C library. Processes that run must have been
    /// started after the host's first time here.
    package func setClock(_ host: HostName, ahead seconds: Double) throws {
        let configuration = try directory.readConfiguration()
        try check(host, in: configuration)
        let clock = ClockFile(HostPaths(host: host, in: configuration), binaries: binaries)
        try clock.write(nanoseconds: Int64(seconds * 1e9))
        report("\(host): its clock is \(seconds == 0 ? "right" : "\(seconds) s ahead")")
        for process in ProcessTable.scan(configuration).processes
        where process.host == host && process.component != .etcd && !clock.isUsed(by: process.pid) {
            report(
                "\(host)/\(process.component.rawValue) was started before and does not notice: "
                    + "cctrl-sandbox kill, then start")
        }
    }
}

/// The shift of a host's clock, in a file that its processes keep in sight.
struct ClockFile {
    private let path: String
    private let library: String

    init(_ paths: HostPaths, binaries: String) {
        path = paths.base + "/clock"
        library = binaries + "/libcctrl-clock.so"
    }

    /// What a process of the host gets to use it; nothing where the host's clock was never set.
    var environment: [String: String] {
        isThere ? ["LD_PRELOAD": library, "CCTRL_CLOCK_FILE": path] : [:]
    }

    var isThere: Bool { Files.exists(path) }

    var isRight: Bool { Files.read(path)?.allSatisfy { $0 == 0 } ?? true }

    /// In place: those who have it open must see it.
    func write(nanoseconds: Int64) throws {
        guard Files.exists(library) else {
            throw SandboxError("'\(library)' is missing", hint: "build the project: make build")
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SandboxError.system("open '\(path)'") }
        defer { close(descriptor) }
        var value = nanoseconds
        guard Glibc.write(descriptor, &value, 8) == 8 else { throw SandboxError.system("write '\(path)'") }
    }

    func isUsed(by pid: pid_t) -> Bool {
        Files.text("/proc/\(pid)/environ")?.contains("CCTRL_CLOCK_FILE=\(path)") ?? false
    }
}
