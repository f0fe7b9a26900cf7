import ClusterModel
import Glibc
import SiteConfiguration

/// What `cctrl-sandbox` does to single processes.
package enum ControlVerb: String, CaseIterable, Sendable {
    /// SIGKILL: as when power fails.
    case kill
    /// SIGSTOP: it exists, keeps its connections and answers nobody.
    case stop
    /// SIGCONT: a frozen process goes on.
    case cont
    /// Starts what does not run.
    case start
}

extension Sandbox {
    /// Does `verb` to a component, or to all of a host, and tells of each.
    package func control(_ verb: ControlVerb, _ place: Place) throws {
        let configuration = try directory.readConfiguration()
        try check(place, in: configuration)
        let wanted = place.component.map { [$0] } ?? components(of: place.host, in: configuration)
        switch verb {
        case .start: try start(wanted, of: place.host, configuration)
        case .kill, .stop, .cont: try signal(verb, wanted, of: place, configuration)
        }
    }

    private func signal(
        _ verb: ControlVerb, _ wanted: [Component], of place: Place, _ configuration: ClusterConfiguration
    ) throws {
        let found = ProcessTable.scan(configuration).processes.filter {
            $0.host == place.host && wanted.contains($0.component)
        }
        guard !found.isEmpty else {
            throw SandboxError("'\(place)' does not run", hint: "cctrl-sandbox start \(place)")
        }
        let number = verb == .kill ? SIGKILL : verb == .stop ? SIGSTOP : SIGCONT
        for process in found { process.signal(number) }
        let pids = Set(found.map(\.pid))
        let done = try Deadline(seconds: 30).wait {
            switch verb {
            case .kill: found.allSatisfy { !$0.isAlive }
            // A process with many threads stops a moment after the signal; one that ended meanwhile is no obstacle.
            case .stop, .cont:
                ProcessTable.scan(configuration).processes.allSatisfy {
                    !pids.contains($0.pid) || $0.isFrozen == (verb == .stop)
                }
            case .start: true
            }
        }
        guard done else {
            throw SandboxError("'\(place)' was told to \(verb.rawValue), and did not within 30 s")
        }
        let word = verb == .kill ? "killed" : verb == .stop ? "frozen" : "goes on"
        for process in found {
            report("\(place.host)/\(process.component.rawValue) pid \(process.pid): \(word)")
        }
    }

    private func start(
        _ wanted: [Component], of host: HostName, _ configuration: ClusterConfiguration
    ) throws {
        let needsManager = wanted.contains(.manager) || wanted.contains(.etcd)
        let programs = try Programs(binaries: binaries, managers: needsManager)
        let control = HostControl(
            host: host, configuration: configuration, programs: programs,
            network: network(configuration), environment: managerEnvironment)
        let lock = try componentLock(host, configuration)
        defer { withExtendedLifetime(lock) {} }
        for component in Component.allCases where wanted.contains(component) {
            let running = control.processes(component)
            if let process = running.first {
                let hint =
                    process.isFrozen ? "frozen; cctrl-sandbox cont \(host)/\(component.rawValue)" : "runs"
                report("\(host)/\(component.rawValue) pid \(process.pid): \(hint)")
                continue
            }
            try control.launch(component)
            try control.awaitServing(component, seconds: 60)
            let pid = control.processes(component).first.map { " pid \($0.pid)" } ?? ""
            report("\(host)/\(component.rawValue)\(pid): started")
        }
    }

    /// Keeps two programs from starting the same component at once.
    func componentLock(_ host: HostName, _ configuration: ClusterConfiguration) throws -> FileLock {
        let path = HostPaths(host: host, in: configuration).runDirectory + "/.service.lock"
        guard let lock = try FileLock(path, seconds: 90) else {
            throw SandboxError(
                "another program has been starting or stopping parts of '\(host)' for 90 seconds")
        }
        return lock
    }
}
