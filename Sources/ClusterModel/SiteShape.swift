/// The configured shape of one site, as far as decisions need it.
package struct SiteShape: Codable, Hashable, Sendable {
    package var name: SiteName
    /// The GTID domain of the site's own writes.
    package var domain: UInt32
    /// The classic word for the shape: `clustered`.
    package var topology: String
    /// Data sources in their configured order; the earlier wins a tie.
    package var hosts: [HostName]
    package var routers: [HostName]
    /// Hosts with a manager and a vote, without data.
    package var witnesses: [HostName]
    /// Sites whose writes this one receives.
    package var receives: [SiteName]
    /// The primary of a site that has never run.
    package var initialPrimary: HostName
    /// How often the rules bring a data source back within ten minutes; 0 for any number of times.
    package var flappingLimit: Int

    package static let standardFlappingLimit = 3

    package init(
        name: SiteName, domain: UInt32, topology: String, hosts: [HostName], routers: [HostName],
        witnesses: [HostName] = [],
        receives: [SiteName], initialPrimary: HostName, flappingLimit: Int = SiteShape.standardFlappingLimit
    ) {
        self.name = name
        self.domain = domain
        self.topology = topology
        self.hosts = hosts
        self.routers = routers
        self.witnesses = witnesses
        self.receives = receives
        self.initialPrimary = initialPrimary
        self.flappingLimit = flappingLimit
    }

    /// Hosts with a vote.
    package var voters: [HostName] { hosts + witnesses }

    /// How many of them make a majority.
    package var majority: Int { voters.count / 2 + 1 }
}
