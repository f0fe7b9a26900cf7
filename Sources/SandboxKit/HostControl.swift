import ClusterModel
import Glibc
import SiteConfiguration

/// Starts and stops the processes of one host.
struct HostControl {
    var host: HostName
    var configuration: ClusterConfiguration
    var programs: Programs
    /// What its manager gets besides this program's own environment.
    var environment: [String: String]
    private var network: SandboxNetwork?
    private var paths: HostPaths

    init(
        host: HostName, configuration: ClusterConfiguration, programs: Programs, network: SandboxNetwork?,
        environment: [String: String] = [:]
    ) {
        self.network = network
        self.environment = environment
        self.host = host
        self.configuration = configuration
        self.programs = programs
        paths = HostPaths(host: host, in: configuration)
    }

    func processes(_ component: Component) -> [SandboxProcess] {
        ProcessTable.scan(configuration)[host, component]
    }

    /// Starts the program and returns without waiting until it serves.
    func launch(_ component: Component) throws {
        let entry = try network?.entry(host) ?? []
        let clock = ClockFile(paths, binaries: programs.own).environment
        switch component {
        case .mysql:
            _ = try Spawn.daemon(
                programs.server, ["--defaults-file=" + paths.serverConfiguration], entering: entry,
                environment: clock, log: paths.logDirectory + "/mysql.out")
        case .router:
            // It checks its files, binds its ports and only then goes to the background.
            let result = try Spawn.run(
                programs.router, ["-D", "-f", paths.routerConfiguration], entering: entry, environment: clock,
                seconds: 10)
            guard result.status == 0 else {
                throw SandboxError("the router of '\(host)' did not start:\n\(result.output)")
            }
        case .manager:
            _ = try Spawn.daemon(
                programs.manager, ["--config", configuration.path, "--host", host.description],
                // For its member of etcd, one of several on this machine: they would keep each other from the processors.
                entering: entry,
                environment: environment.merging(clock) { _, clock in clock }
                    .merging(["GOMAXPROCS": "1"]) { own, _ in own },
                log: paths.logDirectory + "/manager.log")
        case .etcd:
            // The manager's own child.
            if processes(.manager).isEmpty { try launch(.manager) }
        }
    }

    /// Waits until what was launched serves.
    func awaitServing(_ component: Component, seconds: Double) throws {
        let deadline = Deadline(seconds: seconds)
        var misses = 0
        let serves = try deadline.wait {
            // The process too: another one may hold the port.
            if isServing(component), !processes(component).isEmpty { return true }
            // A program that has ended will not serve; etcd appears only after its manager.
            misses = component != .etcd && processes(component).isEmpty ? misses + 1 : 0
            return misses > 20
        }
        guard serves, misses <= 20 else {
            let log = paths.logDirectory + (component == .mysql ? "/mysql.log" : "/manager.log")
            let what = misses > 20 ? "ended again" : "did not serve within \(Int(seconds)) seconds"
            throw SandboxError(
                "\(component.rawValue) of '\(host)' \(what); \(log) ends with\n\(Files.tail(log))")
        }
    }

    func isServing(_ component: Component) -> Bool {
        let address = configuration.address(of: host)
        switch component {
        case .mysql:
            // A server that is still recovering has its socket open and sends no greeting.
            return Probe.greets(paths.serverSocket)
        case .router: return Probe.connects(address, configuration.ports.write)
        case .manager: return Probe.connects(address, configuration.ports.manager)
        case .etcd: return Probe.connects(address, configuration.ports.etcdClient)
        }
    }

    /// Asks the processes to end and waits; those that do not end in time are killed, and said to be.
    func stop(_ component: Component, seconds: Double = 30) throws -> StopResult {
        try Self.stop(processes(component), seconds: seconds)
    }

    enum StopResult {
        case wasNotRunning
        case stopped
        case killed
    }

    static func stop(_ processes: [SandboxProcess], seconds: Double) throws -> StopResult {
        guard !processes.isEmpty else { return .wasNotRunning }
        for process in processes {
            process.signal(SIGTERM)
            // A frozen process sees no other signal before it goes on.
            if process.isFrozen { process.signal(SIGCONT) }
        }
        let ended = try Deadline(seconds: seconds, isInterruptible: false).wait {
            processes.allSatisfy { !$0.isAlive }
        }
        if ended { return .stopped }
        for process in processes { process.signal(SIGKILL) }
        guard
            try Deadline(seconds: 10, isInterruptible: false).wait(until: {
                processes.allSatisfy { !$0.isAlive }
            })
        else {
            let pids = processes.map { String($0.pid) }.joined(separator: ", ")
            throw SandboxError("a process does not end even when it is killed: pid \(pids)")
        }
        return .killed
    }
}
