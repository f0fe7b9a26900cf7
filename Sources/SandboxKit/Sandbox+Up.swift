import ClusterModel
import Glibc
import SiteConfiguration

extension Sandbox {
    /// Makes what is missing and starts what does not run; returns when every data source is online.
    ///
    /// `options` shape a new sandbox; nil gives two sites of three hosts. Where it throws, what this run started is
    /// stopped and what it made is removed, unless `keepsFailure` leaves it for inspection.
    package func up(_ options: SandboxOptions? = nil, keepsFailure: Bool = false) throws {
        let before = try directory.state()
        let programs = try Programs(binaries: binaries, managers: managers)
        try directory.create()
        let lock = try directory.lock()
        defer { withExtendedLifetime(lock) {} }
        let isNew = !Files.exists(directory.configuration)
        var undo = Undo(sandbox: self)
        do {
            let configuration = try isNew ? createConfiguration(options) : existingConfiguration(options)
            undo.configuration = configuration
            undo.running = Set(ProcessTable.scan(configuration).processes)
            undo.madeNetwork = try makeNetwork(configuration)
            // In a namespace of its own nobody else has a port.
            if !hasNetwork { try checkPorts(configuration) }
            try prepare(configuration, programs, &undo)
            try start(configuration, programs)
            if managers { try awaitManagers(configuration, programs, isNew: isNew) }
        } catch {
            guard !keepsFailure else { throw error }
            undo.perform(everything: isNew, keepDirectory: before == .empty)
            throw error
        }
    }

    private func createConfiguration(_ options: SandboxOptions?) throws -> ClusterConfiguration {
        let options = try options ?? SandboxOptions(sites: ["east", "west"].compactMap { SiteName($0) })
        let text = try options.configuration(directory: directory.path, service: binaries + "/cctrl-sandbox")
        // Checked before it is written: a path too long for a socket must not leave a file behind.
        do {
            _ = try ClusterConfiguration.parse(text: text, path: directory.configuration)
        } catch {
            throw SandboxError(error.message, hint: "choose a shorter directory with --dir")
        }
        if options.hasNetwork { try Files.write("\(options.addressBase)\n", to: directory.network) }
        try Files.write(text, to: directory.configuration)
        return try directory.readConfiguration()
    }

    /// - Returns: whether this run made it.
    private func makeNetwork(_ configuration: ClusterConfiguration) throws -> Bool {
        guard let network = network(configuration), !network.exists else { return false }
        let running = ProcessTable.scan(configuration).processes
        guard running.isEmpty else {
            throw SandboxError(
                "processes of the sandbox run in a network that is gone in part", hint: "cctrl-sandbox down")
        }
        try step("network") {
            try network.make()
            return "a namespace for each of \(network.hosts.count) hosts"
        }
        return true
    }

    private func existingConfiguration(_ options: SandboxOptions?) throws -> ClusterConfiguration {
        let configuration = try directory.readConfiguration()
        if let options {
            let text = try options.configuration(directory: directory.path, service: "")
            let wanted = try ClusterConfiguration.parse(text: text, path: directory.configuration)
                .configuration
            guard wanted.sites == configuration.sites, wanted.addresses == configuration.addresses else {
                let sites = configuration.sites.map { site in
                    let first = site.hosts.first.map { " from \(configuration.address(of: $0))" } ?? ""
                    return "\(site.name) (\(site.voters.count) hosts\(first))"
                }
                throw SandboxError(
                    "the sandbox in '\(directory.path)' has other sites or addresses: "
                        + sites.joined(separator: ", "),
                    hint: "leave the options out, or: cctrl-sandbox down --purge")
            }
        }
        // The programs may have moved since: managers must find this one.
        let text = Files.text(directory.configuration) ?? ""
        let service = binaries + "/cctrl-sandbox"
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            for component in ["mysql", "router"] where line.hasPrefix("service-command-\(component)=") {
                return SandboxOptions.serviceCommand(component, service, directory.path)
            }
            return String(line)
        }
        let updated = lines.joined(separator: "\n")
        if updated != text { try Files.write(updated, to: directory.configuration) }
        return try directory.readConfiguration()
    }

    /// Every port that a component which does not run yet will need must be free.
    private func checkPorts(_ configuration: ClusterConfiguration) throws {
        let ports = configuration.ports
        let table = ProcessTable.scan(configuration)
        let owners = PortOwners()
        for host in configuration.hosts {
            let address = configuration.address(of: host)
            for component in components(of: host, in: configuration) where table[host, component].isEmpty {
                let needed =
                    switch component {
                    case .mysql: [ports.server, ports.serverExtra]
                    case .router: [ports.write, ports.read]
                    case .manager: [ports.manager]
                    case .etcd: [ports.etcdClient, ports.etcdPeer]
                    }
                for port in needed {
                    guard let owner = owners.owner(of: address, port) else { continue }
                    throw SandboxError(
                        "\(host)/\(component.rawValue) needs \(address):\(port), which is in use (\(owner))",
                        hint: "stop that process (another sandbox: cctrl-sandbox down --dir ITS-DIRECTORY)")
                }
            }
        }
    }

    private func prepare(
        _ configuration: ClusterConfiguration, _ programs: Programs, _ undo: inout Undo
    ) throws {
        let files = HostFiles(directory: directory, configuration: configuration, programs: programs)
        try step("configuration") {
            try files.writeConfigurations()
            return directory.configuration
        }
        try step("certificates") {
            let made = try files.makeCertificates()
            return made == 0 ? "there already" : "\(made) made"
        }
        let hosts = files.hostsWithoutData()
        guard !hosts.isEmpty else { return }
        undo.newData = hosts.map { HostPaths(host: $0, in: configuration).serverData }
        try step("empty server") {
            try files.makeTemplate()
            return "with its accounts"
        }
        try step("data directories") {
            for host in hosts {
                try Interruption.check()
                try files.copyTemplate(to: host)
            }
            settleDisks()
            return "\(hosts.count) made"
        }
    }

    private func start(_ configuration: ClusterConfiguration, _ programs: Programs) throws {
        let all = configuration.hosts.map {
            HostControl(
                host: $0, configuration: configuration, programs: programs, network: network(configuration),
                environment: managerEnvironment)
        }
        for component in components where component != .etcd {
            let table = ProcessTable.scan(configuration)
            let controls = all.filter { components(of: $0.host, in: configuration).contains(component) }
            let idle = controls.filter { table[$0.host, component].isEmpty }
            let frozen = controls.filter { control in table[control.host, component].contains { $0.isFrozen }
            }
            try step(Self.plural(component)) {
                for control in idle {
                    try Interruption.check()
                    try control.launch(component)
                }
                // A hundred times the usual: recovery after a crash takes its time.
                for control in idle { try control.awaitServing(component, seconds: 60) }
                let running = controls.count - idle.count
                return "\(idle.count) started" + (running == 0 ? "" : ", \(running) running before")
            }
            for control in frozen {
                report(
                    "  \(control.host)/\(component.rawValue) is frozen; "
                        + "cctrl-sandbox cont \(control.host)/\(component.rawValue)")
            }
        }
    }

    private static func plural(_ component: Component) -> String {
        switch component {
        case .mysql: "servers"
        case .router: "routers"
        case .manager: "managers"
        case .etcd: "etcd members"
        }
    }
}

/// What a run has done so far and takes back when it fails.
private struct Undo {
    let sandbox: Sandbox
    var configuration: ClusterConfiguration?
    /// Processes that ran before.
    var running: Set<SandboxProcess> = []
    /// Data directories that this run makes.
    var newData: [String] = []
    var madeNetwork = false

    init(sandbox: Sandbox) { self.sandbox = sandbox }

    /// Reports what cannot be taken back: the reason of the failure itself is thrown by the caller.
    func perform(everything: Bool, keepDirectory: Bool) {
        do {
            if let configuration {
                let before = Set(running.map { Identity(pid: $0.pid, startTime: $0.startTime) })
                let started = ProcessTable.scan(configuration).processes.filter {
                    !before.contains(Identity(pid: $0.pid, startTime: $0.startTime))
                }
                if !started.isEmpty || everything { sandbox.report("failed; taking back what this run did") }
                _ = try HostControl.stop(started.filter { $0.component == .manager }, seconds: 10)
                _ = try HostControl.stop(started.filter { $0.component != .manager }, seconds: 20)
            }
            if madeNetwork, let configuration { try sandbox.network(configuration)?.remove() }
            if everything {
                let left = try sandbox.directory.purge()
                if left.isEmpty && keepDirectory { try Files.makeDirectory(sandbox.directory.path) }
            } else {
                for path in newData { try Files.remove(path) }
            }
        } catch {
            sandbox.report("not everything could be taken back: \(error)")
        }
    }

    private struct Identity: Hashable {
        var pid: pid_t
        var startTime: UInt64
    }
}
