import ClusterModel
import SiteConfiguration

/// A whole cluster on one machine: real servers, routers, managers and etcd members, each host on a loopback
/// address of its own.
///
/// The directory is the only state: which processes belong to it is read from the running processes themselves.
package struct Sandbox: Sendable {
    package var directory: SandboxDirectory
    /// Where `cctrl`, `cctrl-manager` and `cctrl-sandbox` are.
    package var binaries: String
    /// Takes a line for the operator as soon as there is one.
    package var report: @Sendable (String) -> Void
    /// False leaves managers out, and so etcd: servers and routers alone.
    package var managers = true
    /// What managers get besides this program's own environment.
    package var managerEnvironment: [String: String] = [:]

    package init(
        directory: SandboxDirectory, binaries: String, managers: Bool = true,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.directory = directory
        self.binaries = binaries
        self.managers = managers
        self.report = report
    }

    package var components: [Component] { managers ? Component.allCases : [.mysql, .router] }

    /// What belongs on a host: a witness has neither server nor router.
    func components(of host: HostName, in configuration: ClusterConfiguration) -> [Component] {
        configuration.isWitness(host) ? components.filter { $0 == .manager || $0 == .etcd } : components
    }

    /// One row of `status`.
    package struct Row: Sendable {
        package var host: HostName
        package var components: [Component]
        package var address: String
        package var processes: [Component: SandboxProcess]
    }

    package func status() throws -> [Row] {
        let configuration = try directory.readConfiguration()
        let table = ProcessTable.scan(configuration)
        return configuration.hosts.map { host in
            var processes: [Component: SandboxProcess] = [:]
            for component in Component.allCases { processes[component] = table[host, component].first }
            return Row(
                host: host, components: components(of: host, in: configuration),
                address: configuration.address(of: host), processes: processes)
        }
    }

    /// What a shell on that host would have in its environment; `PATH` holds only what is to be put before it.
    package func environment(of host: HostName) throws -> [(name: String, value: String)] {
        let configuration = try directory.readConfiguration()
        try check(host, in: configuration)
        return [
            ("CCTRL_CONFIG", configuration.path), ("CCTRL_HOST", host.description),
            ("CCTRL_SANDBOX_DIR", directory.path), ("PATH", binaries),
        ]
    }

    func check(_ host: HostName, in configuration: ClusterConfiguration) throws {
        let hosts = configuration.hosts
        guard !hosts.contains(host) else { return }
        let names = hosts.map(\.description).joined(separator: ", ")
        throw SandboxError("there is no host '\(host)'; known are \(names)")
    }

    func check(_ place: Place, in configuration: ClusterConfiguration) throws {
        try check(place.host, in: configuration)
        guard let component = place.component, configuration.isWitness(place.host) else { return }
        guard [.manager, .etcd].contains(component) else {
            throw SandboxError("'\(place.host)' is a witness: it has a manager and an etcd member only")
        }
    }

    /// Does `body`, then tells its name, its time and what it returned.
    func step(_ name: String, _ body: () throws -> String) throws {
        let start = ContinuousClock.now
        let detail = try body()
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        let dots = String(repeating: ".", count: max(2, 24 - name.utf8.count))
        report("\(name) \(dots) \(seconds(milliseconds))  \(detail)")
    }
}

/// `1234` milliseconds as ` 1.23 s`.
private func seconds(_ milliseconds: Double) -> String {
    let hundredths = Int((milliseconds / 10).rounded())
    let fraction = hundredths % 100
    let whole = String(hundredths / 100)
    let pad = String(repeating: " ", count: max(0, 3 - whole.utf8.count))
    return "\(pad)\(whole).\(fraction < 10 ? "0" : "")\(fraction) s"
}
