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
    /// the former send. Tools on this machine reach every host all the same.
    package func cut(_ names: [String], from others: [String] = [], oneWay: Bool = false) throws {
        let network = try neededNetwork()
        let sources = try network.hosts(named: names)
        // A group that is cut from all others stays whole.
        let targets =
            others.isEmpty
            ? network.hosts.filter { !sources.contains($0) } : try network.hosts(named: others)
        let ways = network.ways(from: sources, to: targets, oneWay: oneWay)
        guard !ways.isEmpty else { throw SandboxError("there is nothing between these hosts to cut") }
        try network.cut(ways)
        let rest = others.isEmpty ? "all others" : others.joined(separator: ",")
        report("cut: \(names.joined(separator: ",")) \(oneWay ? "->" : "<->") \(rest)")
    }

    /// Takes back what was cut at these hosts or sites, or everywhere.
    package func heal(_ names: [String] = []) throws {
        let network = try neededNetwork()
        let hosts = names.isEmpty ? network.hosts : try network.hosts(named: names)
        try network.heal(network.ways(from: hosts, to: network.hosts, oneWay: false))
        report("healed: \(names.isEmpty ? "all" : names.joined(separator: ","))")
    }

    /// Ways that are cut now; none in a sandbox on loopback.
    package func cuts() throws -> [NetworkWay] {
        guard let network = network(try directory.readConfiguration()), network.exists else { return [] }
        return try network.cuts().sorted()
    }
}
