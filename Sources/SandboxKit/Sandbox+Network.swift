import ClusterModel
import SiteConfiguration

extension Sandbox {
    /// Whether hosts have a network that can be cut.
    package var hasNetwork: Bool { Files.exists(directory.network) }

    func network(_ configuration: ClusterConfiguration) -> SandboxNetwork? {
        SandboxNetwork(directory, configuration)
    }

    private func neededNetwork() throws -> SandboxNetwork {
        guard let network = network(try directory.readConfiguration()) else {
            throw SandboxError(
                "the hosts of this sandbox share the loopback interface, which cannot be cut",
                hint: "cctrl-sandbox down --purge; cctrl-sandbox up --netns")
        }
        guard network.exists else {
            throw SandboxError("the sandbox's network is not up", hint: "cctrl-sandbox up")
        }
        return network
    }

    /// Makes packets vanish between hosts, or sites, and others (all where `others` is empty); with `oneWay` only what
    /// the former send.
    ///
    /// Tools on this machine reach every host all the same.
    package func cut(_ names: [String], from others: [String] = [], oneWay: Bool = false) throws {
        let network = try neededNetwork()
        try network.cut(ways(names, others, oneWay, network))
        let rest = others.isEmpty ? "all others" : others.joined(separator: ",")
        report("cut: \(names.joined(separator: ",")) \(oneWay ? "->" : "<->") \(rest)")
    }

    /// Makes packets between hosts, or sites, and others late, each way; times are in microseconds.
    package func delay(_ names: [String], from others: [String] = [], by delay: Int, jitter: Int = 0) throws {
        try setWires(names, others) {
            $0.delay = delay
            $0.jitter = jitter
        }
    }

    /// Makes a share of the packets between hosts, or sites, and others vanish, each way.
    package func lose(_ share: Double, _ names: [String], from others: [String] = []) throws {
        try setWires(names, others) { $0.loss = share }
    }

    private func setWires(
        _ names: [String], _ others: [String], _ change: (inout WireSetting) -> Void
    ) throws {
        let network = try neededNetwork()
        let lock = try directory.lock()
        defer { withExtendedLifetime(lock) {} }
        let ways = try ways(names, others, false, network)
        try network.setWires(ways, directory, program: program, change)
        for one in network.wires(directory) where ways.contains(one.way) { report(one.description) }
    }

    private var program: String { binaries + "/cctrl-sandbox" }

    private func ways(
        _ names: [String], _ others: [String], _ oneWay: Bool, _ network: SandboxNetwork
    ) throws -> Set<NetworkWay> {
        let sources = try network.hosts(named: names)
        // A group stays whole in itself.
        let targets =
            others.isEmpty
            ? network.hosts.filter { !sources.contains($0) } : try network.hosts(named: others)
        let ways = network.ways(from: sources, to: targets, oneWay: oneWay)
        guard !ways.isEmpty else { throw SandboxError("there is nothing between these hosts") }
        return ways
    }

    /// Takes back what was cut, delayed and lost at these hosts or sites, or everywhere.
    package func heal(_ names: [String] = []) throws {
        let network = try neededNetwork()
        let hosts = names.isEmpty ? network.hosts : try network.hosts(named: names)
        let ways = network.ways(from: hosts, to: network.hosts, oneWay: false)
        try network.heal(ways)
        try network.setWires(ways, directory, program: program) { $0 = WireSetting(way: $0.way) }
        report("healed: \(names.isEmpty ? "all" : names.joined(separator: ","))")
    }

    /// A line for each way on which packets vanish or are late; none in a sandbox on loopback.
    package func networkFaults() throws -> [String] {
        guard let network = network(try directory.readConfiguration()), network.exists else { return [] }
        return try network.cuts().sorted().map { "\($0): cut" }
            + network.wires(directory).map(\.description)
    }
}
