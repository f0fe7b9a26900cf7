import ClusterModel
import SiteConfiguration

/// What a new sandbox looks like; an existing one keeps what it was made with.
package struct SandboxOptions: Sendable, Equatable {
    package var sites: [SiteName]
    /// Hosts in each site.
    package var nodes: Int
    /// Whether each site has a witness besides.
    package var hasWitness: Bool
    /// The second number of the first site's addresses: 1 gives 127.1.0.1, 127.1.0.2 and so on, and 127.2.0.1 for the
    /// first host of the second site.
    package var addressBase: Int
    /// Whether each host has a network namespace of its own; its address then begins with 198.18 instead of 127.
    package var hasNetwork: Bool
    /// Seconds of a host's lease; nil for the standard.
    package var leaseSeconds: Int?

    /// How often managers bring back what comes and goes; 0: always, for servers are broken on purpose here.
    package var flappingLimit: Int

    /// What managers accept as the gap of a switch, in milliseconds; nil for their own standard.
    package var gapLimit: Int?

    package init(
        sites: [SiteName], nodes: Int = 3, hasWitness: Bool = false, addressBase: Int = 1,
        hasNetwork: Bool = false,
        leaseSeconds: Int? = nil, gapLimit: Int? = nil, flappingLimit: Int = 0
    ) throws {
        guard !sites.isEmpty, Set(sites).count == sites.count else {
            throw SandboxError("the sites must have different names")
        }
        guard (1...9).contains(nodes) else { throw SandboxError("a site has 1 to 9 nodes, not \(nodes)") }
        guard addressBase >= 1, addressBase + sites.count <= 255 else {
            throw SandboxError("the address base must be from 1 to \(255 - sites.count), not \(addressBase)")
        }
        self.sites = sites
        self.nodes = nodes
        self.hasWitness = hasWitness
        self.addressBase = addressBase
        self.hasNetwork = hasNetwork
        self.leaseSeconds = leaseSeconds
        self.gapLimit = gapLimit
        self.flappingLimit = flappingLimit
    }

    func hosts(of site: SiteName) -> [String] { (1...nodes).map { "\(site)\($0)" } }

    func witness(of site: SiteName) -> String? { hasWitness ? "\(site)\(nodes + 1)" : nil }

    func address(site: Int, host: Int) -> String {
        let number = addressBase + site
        return hasNetwork ? "\(SandboxNetwork.prefix(number)).\(host + 1)" : "127.\(number).0.\(host + 1)"
    }
}

extension SandboxOptions {
    /// The text of the `tungsten.ini` that every host of a new sandbox shares.
    ///
    /// `service` is the program with which managers start and stop servers and routers.
    func configuration(directory: String, service: String) throws -> String {
        var addresses: [String] = []
        var sections: [String] = []
        for (index, site) in sites.enumerated() {
            let hosts = hosts(of: site)
            let witness = witness(of: site)
            addresses += (hosts + [witness].compactMap(\.self)).enumerated().map {
                "\($1):\(address(site: index, host: $0))"
            }
            let list = hosts.joined(separator: ",")
            sections.append(
                """
                [\(site)]
                topology=clustered
                connectors=\(list)
                master=\(hosts[0])
                members=\(list)\(witness.map { "\nwitnesses=\($0)" } ?? "")

                """)
        }
        for source in sites {
            for target in sites where target != source {
                sections.append(
                    """
                    [\(source)_\(target)]
                    topology=cluster-slave
                    master-dataservice=\(source)
                    slave-dataservice=\(target)

                    """)
            }
        }
        return """
            # Made by cctrl-sandbox: one file for every host.
            [defaults]
            install-directory=\(directory)/hosts/{host}
            security-directory=\(directory)/hosts/{host}/security
            host-addresses=\(addresses.joined(separator: ","))
            replication-user=tungsten
            replication-password=secret
            replication-port=13306
            application-user=app_user
            application-password=secret
            application-port=3306
            application-readonly-port=3307
            manager-port=9997
            \(leaseSeconds.map { "lease-seconds=\($0)" } ?? "# lease-seconds=\(ClusterConfiguration.standardLease)")
            \(gapLimit.map { "switch-gap-limit=\($0)" } ?? "# switch-gap-limit=\(ClusterConfiguration.standardGapLimit)")
            # 0: here servers are broken on purpose, again and again.
            flapping-limit=\(flappingLimit)
            \(Self.serviceCommand("mysql", service, directory))
            \(Self.serviceCommand("router", service, directory))

            \(sections.joined(separator: "\n"))
            """
    }

    /// The line that tells managers how to start and stop a component of their host.
    static func serviceCommand(_ component: String, _ service: String, _ directory: String) -> String {
        "service-command-\(component)=\"\(service)\" service {verb} {host}/\(component) --dir \"\(directory)\""
    }
}
