import ClusterModel
import Glibc

extension ClusterConfiguration {
    /// Where an installed cluster keeps its configuration.
    package static let installedPath = "/etc/tungsten/tungsten.ini"

    /// Reads and checks a `tungsten.ini`; starts nothing, resolves no name.
    package static func read(path: String) throws(ConfigurationError) -> ConfigurationReading {
        let file = try ConfigurationFile(path: path)
        var reading = try parse(text: file.text, path: path)
        if file.worldReadable {
            reading.notes.append(
                ConfigurationNote(
                    kind: .caution, path: path,
                    message: "holds passwords and every user can read it; chmod 640 or 600"))
        }
        return reading
    }

    /// Checks the text of a `tungsten.ini`; `path` stands in errors and notes.
    package static func parse(text: String, path: String) throws(ConfigurationError) -> ConfigurationReading {
        var sections = try IniDocument(text: text, path: path).sections
        guard let index = sections.firstIndex(where: { $0.name == "defaults" }) else {
            throw ConfigurationError(
                path: path, message: "has no section [defaults]; users and ports belong there")
        }
        let defaults = try SectionValues(
            sections.remove(at: index), known: OptionNames.defaults, path: path)
        var notes = defaults.notes
        // The second replicator of the classic product: here the managers do its work.
        for section in sections where section.name.hasPrefix("defaults.") {
            notes += try SectionValues(section, known: [], path: path).notes
        }
        sections.removeAll { $0.name.hasPrefix("defaults.") }
        let sites = try SiteSections(sections, path: path)
        notes += sites.notes
        let entries = try sites.entries()
        let configuration = try defaults.configuration(sites: entries)
        return ConfigurationReading(
            configuration: configuration, notes: notes.sorted { $0.line ?? 0 < $1.line ?? 0 })
    }
}

extension SectionValues {
    /// The values of `[defaults]` with the sites that were read before.
    fileprivate func configuration(sites: [SiteEntry]) throws(ConfigurationError) -> ClusterConfiguration {
        let install = try directory("install-directory") ?? "/opt/cctrl"
        let configuration = try ClusterConfiguration(
            path: path, sites: sites,
            replicationUser: required("replication-user", "database user"),
            replicationPassword: required("replication-password", "its password"),
            applicationUser: required("application-user", "database user"),
            applicationPassword: required("application-password", "its password"),
            ports: ports(), addresses: addresses(of: sites), installDirectory: install,
            securityDirectory: directory("security-directory") ?? install + "/security",
            backupDirectory: directory("backup-directory") ?? install + "/backups",
            etcdEndpoints: endpoints(), initialPolicy: policy(), gapLimit: gapLimit(),
            leaseSeconds: seconds(
                "lease-seconds", default: ClusterConfiguration.standardLease, in: 2...12),
            flappingLimit: flappingLimit(), serviceCommands: serviceCommands())
        for host in configuration.hosts {
            try checkSocketPath(HostPaths(host: host, in: configuration).routerSocket)
        }
        return configuration
    }

    private func ports() throws(ConfigurationError) -> Ports {
        let standard = Ports()
        let names = [
            "replication-port", "replication-extra-port", "application-port", "application-readonly-port",
            "manager-port", "etcd-client-port", "etcd-peer-port",
        ]
        let ports = try Ports(
            server: port(names[0], default: standard.server),
            serverExtra: port(names[1], default: standard.serverExtra),
            write: port(names[2], default: standard.write), read: port(names[3], default: standard.read),
            manager: port(names[4], default: standard.manager),
            etcdClient: port(names[5], default: standard.etcdClient),
            etcdPeer: port(names[6], default: standard.etcdPeer))
        let values = [
            ports.server, ports.serverExtra, ports.write, ports.read, ports.manager, ports.etcdClient,
            ports.etcdPeer,
        ]
        for (index, value) in values.enumerated() {
            guard let other = values[..<index].firstIndex(of: value) else { continue }
            throw failure(
                names[index],
                "'\(names[index])' and '\(names[other])' are both \(value); each needs its own port")
        }
        return ports
    }

    private func addresses(of sites: [SiteEntry]) throws(ConfigurationError) -> [HostName: String] {
        let name = "host-addresses"
        var addresses: [HostName: String] = [:]
        for word in try list(name) ?? [] {
            let parts = word.split(separator: ":", maxSplits: 1).map { trimmed($0) }
            guard parts.count == 2 else {
                throw failure(name, "'\(word)' in '\(name)' is not of the form host:address")
            }
            let host = try host(parts[0], of: name)
            guard sites.contains(where: { $0.voters.contains(host) }) else {
                throw failure(name, "'\(host)' in '\(name)' is a member of no site")
            }
            guard isAddress(parts[1]) else {
                throw failure(name, "'\(parts[1])' in '\(name)' is not an IPv4 or IPv6 address")
            }
            if let other = addresses.first(where: { $0.value == parts[1] })?.key, other != host {
                throw failure(name, "'\(name)' gives '\(other)' and '\(host)' the same address \(parts[1])")
            }
            guard addresses.updateValue(parts[1], forKey: host) == nil else {
                throw failure(name, "'\(name)' names '\(host)' twice")
            }
        }
        return addresses
    }

    private func endpoints() throws(ConfigurationError) -> [String] {
        let endpoints = try list("etcd-endpoints") ?? []
        for endpoint in endpoints where !endpoint.hasPrefix("http://") && !endpoint.hasPrefix("https://") {
            throw failure("etcd-endpoints", "'\(endpoint)' is not of the form https://host:port")
        }
        return endpoints
    }

    private func policy() throws(ConfigurationError) -> Policy {
        guard let text = try optional("policy-mode") else { return .automatic }
        guard let policy = Policy(rawValue: text.uppercased()) else {
            throw failure(
                "policy-mode", "'policy-mode' must be automatic, manual or maintenance, not '\(text)'")
        }
        return policy
    }

    private func gapLimit() throws(ConfigurationError) -> Int {
        let name = "switch-gap-limit"
        guard let text = try optional(name) else { return ClusterConfiguration.standardGapLimit }
        guard let limit = Int(text), (10...5000).contains(limit) else {
            throw failure(name, "'\(name)' must be 10 to 5000 milliseconds, not '\(text)'")
        }
        return limit
    }

    private func flappingLimit() throws(ConfigurationError) -> Int {
        let name = "flapping-limit"
        guard let text = try optional(name) else { return SiteShape.standardFlappingLimit }
        guard let limit = Int(text), (0...1000).contains(limit) else {
            throw failure(name, "'\(name)' must be 0 (for no limit) to 1000, not '\(text)'")
        }
        return limit
    }

    private func serviceCommands() throws(ConfigurationError) -> [String: [String]] {
        let accepted = ["{verb}", "{host}"]
        return [
            "mysql": try command("service-command-mysql", accepted: accepted)
                ?? ["systemctl", "{verb}", "mariadb"],
            "router": try command("service-command-router", accepted: accepted)
                ?? ["systemctl", "{verb}", "haproxy"],
        ]
    }

    /// A socket's path has at most 107 bytes, and HAProxy puts its pid and `.tmp` behind it while it starts.
    private func checkSocketPath(_ path: String) throws(ConfigurationError) {
        let longest = 91
        guard path.utf8.count <= longest else {
            throw failure(
                "install-directory",
                "'install-directory' is too long: '\(path)' has \(path.utf8.count) bytes, a socket's path may "
                    + "have \(longest)")
        }
    }
}

private func isAddress(_ text: String) -> Bool {
    var buffer = in6_addr()
    return inet_pton(AF_INET, text, &buffer) == 1 || inet_pton(AF_INET6, text, &buffer) == 1
}
