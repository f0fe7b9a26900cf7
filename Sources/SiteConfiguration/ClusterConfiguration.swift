import ClusterModel

/// Everything that `tungsten.ini` says, checked; the same file serves every host of the cluster.
package struct ClusterConfiguration: Sendable, Equatable {
    /// The file that it was read from.
    package var path: String
    /// In the order of the file, which is also the order of the sites' GTID domains where none is given.
    package var sites: [SiteEntry]
    /// The account of managers and of replication connections.
    package var replicationUser: String
    package var replicationPassword: String
    /// The account of applications, and of health checks through the routers.
    package var applicationUser: String
    package var applicationPassword: String
    package var ports: Ports
    /// Addresses of hosts whose names are not to be looked up (`host-addresses`).
    package var addresses: [HostName: String]
    /// Directory of this software's data on each host; `{host}` stands for the host's name.
    package var installDirectory: String
    /// Where certificates are; `{host}` stands for the host's name.
    package var securityDirectory: String
    /// Where backups of a host's server are put; `{host}` stands for the host's name.
    package var backupDirectory: String
    /// Etcd to use instead of the members that managers run themselves; empty for those.
    package var etcdEndpoints: [String]
    /// The policy of a site that has never run.
    package var initialPolicy: Policy
    /// Seconds after which a silent host counts as gone; its server stops taking writes before that.
    ///
    /// The lease is renewed every fifth of that time, and a view that was not confirmed for 3 s is called old.
    package var leaseSeconds: Int
    package static let standardLease = 3
    /// How long writes may wait in a planned switch, in milliseconds.
    package var gapLimit: Int
    /// How often the rules bring a data source back within ten minutes; 0 for any number of times.
    package var flappingLimit: Int
    /// Commands for `service <host>/<component> <verb>`: argument lists; `{verb}` and `{host}` are replaced.
    package var serviceCommands: [String: [String]]

    package init(
        path: String, sites: [SiteEntry], replicationUser: String, replicationPassword: String,
        applicationUser: String, applicationPassword: String, ports: Ports, addresses: [HostName: String],
        installDirectory: String, securityDirectory: String, backupDirectory: String, etcdEndpoints: [String],
        initialPolicy: Policy, gapLimit: Int, leaseSeconds: Int = ClusterConfiguration.standardLease,
        flappingLimit: Int = SiteShape.standardFlappingLimit,
        serviceCommands: [String: [String]]
    ) {
        self.path = path
        self.sites = sites
        self.replicationUser = replicationUser
        self.replicationPassword = replicationPassword
        self.applicationUser = applicationUser
        self.applicationPassword = applicationPassword
        self.ports = ports
        self.addresses = addresses
        self.installDirectory = installDirectory
        self.securityDirectory = securityDirectory
        self.backupDirectory = backupDirectory
        self.etcdEndpoints = etcdEndpoints
        self.initialPolicy = initialPolicy
        self.leaseSeconds = leaseSeconds
        self.gapLimit = gapLimit
        self.flappingLimit = flappingLimit
        self.serviceCommands = serviceCommands
    }

    package static let standardGapLimit = 100

    package func site(_ name: SiteName) -> SiteEntry? { sites.first { $0.name == name } }

    package func site(of host: HostName) -> SiteEntry? { sites.first { $0.voters.contains(host) } }

    /// Every host of every site, witnesses included.
    package var hosts: [HostName] { sites.flatMap(\.voters) }

    /// Whether a host has a vote and no data.
    package func isWitness(_ host: HostName) -> Bool { site(of: host)?.witnesses.contains(host) ?? false }

    /// Where to reach a host: its configured address, else its name.
    package func address(of host: HostName) -> String { addresses[host] ?? host.description }
}

/// One site's section.
package struct SiteEntry: Sendable, Equatable {
    package var name: SiteName
    /// The GTID domain of the site's own writes.
    package var domain: UInt32
    /// The classic word of its `topology` option: `clustered`.
    package var topology: String
    /// The primary of a site that has never run.
    package var initialPrimary: HostName
    /// Data sources, in the order of the file.
    package var hosts: [HostName]
    /// Hosts with a router.
    package var routers: [HostName]
    /// Hosts with a manager and an etcd member only: they have no data, and a vote.
    package var witnesses: [HostName]
    /// Sites whose writes this one receives (`cluster-slave` sections that name it as `slave-dataservice`).
    package var receives: [SiteName]

    package init(
        name: SiteName, domain: UInt32, topology: String, initialPrimary: HostName, hosts: [HostName],
        routers: [HostName], witnesses: [HostName] = [], receives: [SiteName]
    ) {
        self.name = name
        self.domain = domain
        self.topology = topology
        self.initialPrimary = initialPrimary
        self.hosts = hosts
        self.routers = routers
        self.witnesses = witnesses
        self.receives = receives
    }

    /// Hosts whose etcd members make the site's majority.
    package var voters: [HostName] { hosts + witnesses }

    /// The server id of a host: unique over all sites.
    package func serverID(of host: HostName) -> UInt32? {
        hosts.firstIndex(of: host).map { domain * 100 + UInt32($0) + 1 }
    }
}

/// Ports, the same on every host.
package struct Ports: Sendable, Equatable {
    /// The server (`replication-port`).
    package var server: Int
    /// The server's spare port for managers when connections are used up (`replication-extra-port`).
    package var serverExtra: Int
    /// The router's write port (`application-port`).
    package var write: Int
    /// The router's read port (`application-readonly-port`).
    package var read: Int
    /// The manager (`manager-port`).
    package var manager: Int
    package var etcdClient: Int
    package var etcdPeer: Int

    package init(
        server: Int = 13306, serverExtra: Int = 13307, write: Int = 3306, read: Int = 3307,
        manager: Int = 9997, etcdClient: Int = 2379, etcdPeer: Int = 2380
    ) {
        self.server = server
        self.serverExtra = serverExtra
        self.write = write
        self.read = read
        self.manager = manager
        self.etcdClient = etcdClient
        self.etcdPeer = etcdPeer
    }
}

/// Files of one host, derived from the configuration in one place.
package struct HostPaths: Sendable, Equatable {
    package var base: String
    package var security: String
    /// Where backups of the host's server are put.
    package var backups: String

    package init(host: HostName, in configuration: ClusterConfiguration) {
        base = Self.fill(configuration.installDirectory, host)
        security = Self.fill(configuration.securityDirectory, host)
        backups = Self.fill(configuration.backupDirectory, host)
    }

    /// Replaces `{host}`.
    package static func fill(_ pattern: String, _ host: HostName) -> String {
        var result = ""
        var rest = pattern[...]
        while let start = rest.firstRange(of: "{host}") {
            result += rest[..<start.lowerBound] + host.description
            rest = rest[start.upperBound...]
        }
        return result + rest
    }

    /// The cluster's own certificate authority.
    package var authority: String { security + "/ca.pem" }
    /// The host's certificate (server and client, role `manager`) and its key.
    package var certificate: String { security + "/host.pem" }
    package var key: String { security + "/host-key.pem" }
    /// Etcd has an authority of its own: an operator's or observer's certificate must open no way around the managers.
    package var etcdAuthority: String { security + "/etcd-ca.pem" }
    /// The host's certificate for etcd, as member and as client, and its key.
    package var etcdCertificate: String { security + "/etcd.pem" }
    package var etcdKey: String { security + "/etcd-key.pem" }
    /// The certificate of a person or a monitoring system on this host, by role, and its key.
    package func certificate(of role: String) -> String { security + "/\(role).pem" }
    package func key(of role: String) -> String { security + "/\(role)-key.pem" }
    package var runDirectory: String { base + "/run" }
    package var logDirectory: String { base + "/log" }
    package var confDirectory: String { base + "/conf" }
    package var serverSocket: String { runDirectory + "/mysql.sock" }
    package var serverPID: String { runDirectory + "/mysql.pid" }
    package var routerSocket: String { runDirectory + "/router.sock" }
    /// Where the router's held connections wait for the manager.
    package var routerGate: String { runDirectory + "/gate.sock" }
    package var routerPID: String { runDirectory + "/router.pid" }
    package var managerPID: String { runDirectory + "/manager.pid" }
    package var etcdPID: String { runDirectory + "/etcd.pid" }
    /// Where a disk for the server alone may be mounted.
    ///
    /// Its data is a directory there: a copy takes its place by being renamed, which nothing can across file systems.
    package var serverVolume: String { base + "/mysql" }
    package var serverData: String { serverVolume + "/data" }
    /// Where the server says that its files are.
    package var serverPlace: String { base + "/server-place.json" }
    /// There while the server's data is being exchanged.
    package var exchangeNote: String { base + "/exchange.json" }
    /// Transactions that were saved before they were removed.
    package var tails: String { base + "/tails" }
    package var etcdData: String { base + "/etcd" }
    /// There from a person's word that this host goes on alone until its etcd member is started so.
    package var etcdAlone: String { base + "/etcd-alone" }
}
