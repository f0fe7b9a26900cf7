import ClusterModel
import SiteConfiguration

/// The verbs with which a manager steers its server and its router.
package enum ServiceVerb: String, CaseIterable, Sendable {
    case start
    case stop
    case restart
    case status
}

extension Sandbox {
    /// What `systemctl` does on a real host: the same verbs, its exit status (3: not running), text in its manner.
    package func service(_ verb: ServiceVerb, _ place: Place) throws -> (status: Int32, output: String) {
        let configuration = try directory.readConfiguration()
        try check(place, in: configuration)
        guard let component = place.component, component == .mysql || component == .router else {
            throw SandboxError("'\(place)' is no service; HOST/mysql and HOST/router are")
        }
        let programs = try Programs(binaries: binaries, managers: false)
        let control = HostControl(
            host: place.host, configuration: configuration, programs: programs,
            network: network(configuration))
        if verb == .status { return status(control.processes(component).first, of: place) }
        let lock = try componentLock(place.host, configuration)
        defer { withExtendedLifetime(lock) {} }
        if verb == .stop || verb == .restart { _ = try control.stop(component, seconds: 60) }
        guard verb != .stop, control.processes(component).isEmpty else { return (0, "") }
        try control.launch(component)
        try control.awaitServing(component, seconds: 60)
        return (0, "")
    }

    private func status(_ process: SandboxProcess?, of place: Place) -> (Int32, String) {
        let title = "\(place) - part of the sandbox in \(directory.path)"
        guard let process else { return (3, "○ \(title)\n     Active: inactive (dead)") }
        let state = process.isFrozen ? "active (frozen)" : "active (running)"
        return (0, "● \(title)\n     Active: \(state)\n   Main PID: \(process.pid)")
    }
}
