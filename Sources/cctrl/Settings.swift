import AdminClient
import AdminProtocol
import ClusterModel
import Glibc
import Shell
import SiteConfiguration

/// What options, environment and configuration come to.
struct Settings {
    let configuration: ClusterConfiguration
    /// The data service to begin with.
    let site: SiteName
    /// The host whose manager is asked for that site; nil for any of the site's.
    let host: HostName?
    let port: Int
    let identity: Identity
    let patience: Patience

    init(_ options: Options) throws(Refusal) {
        configuration = try Self.readConfiguration(options)
        (site, host) = try Self.place(options, configuration)
        port = options.port ?? configuration.ports.manager
        identity = try Self.identity(for: host, site, configuration)
        var patience = Patience(followsWork: true)
        if let seconds = options.timeout {
            patience = Patience(
                connect: min(patience.connect, seconds * 1000), reading: seconds * 1000,
                changing: seconds * 1000)
        }
        self.patience = patience
    }

    /// A variable of the environment; nil where it is unset or empty.
    static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    private static func readConfiguration(_ options: Options) throws(Refusal) -> ClusterConfiguration {
        let path = options.configuration ?? environment("CCTRL_CONFIG") ?? ClusterConfiguration.installedPath
        do throws(ConfigurationError) {
            return try ClusterConfiguration.read(path: path).configuration
        } catch {
            throw Refusal(
                .badArgument, error.description,
                hint: "name the cluster's tungsten.ini with --config or CCTRL_CONFIG")
        }
    }

    // MARK: which manager

    private static func place(
        _ options: Options, _ configuration: ClusterConfiguration
    ) throws(Refusal) -> (SiteName, HostName?) {
        let hosts = configuration.hosts
        let list = hosts.map(\.description).joined(separator: ", ")
        let wanted = try options.service.map { (word) throws(Refusal) in try service(word, configuration) }
        if let word = options.host ?? environment("CCTRL_HOST") {
            guard let host = HostName(word), let home = configuration.site(of: host)?.name else {
                throw Refusal(
                    .badArgument, "the configuration has no host '\(word)'", hint: "hosts: \(list)")
            }
            // A host answers for its own site only.
            return wanted == nil || wanted == home ? (home, host) : (wanted ?? home, nil)
        }
        let local = localHost(configuration)
        if let wanted {
            return (wanted, local.flatMap { configuration.site(of: $0)?.name == wanted ? $0 : nil })
        }
        guard let local, let home = configuration.site(of: local)?.name else {
            throw Refusal(
                .badArgument, "this machine is not a host of the cluster, and no host is named",
                hint: "name one with -host or CCTRL_HOST: \(list)")
        }
        return (home, local)
    }

    private static func service(_ word: String, _ configuration: ClusterConfiguration) throws(Refusal)
        -> SiteName
    {
        if let name = SiteName(word), configuration.site(name) != nil { return name }
        let list = configuration.sites.map(\.name.description).joined(separator: ", ")
        throw Refusal(
            .noSuchSite, "the configuration has no data service '\(word)'", hint: "data services: \(list)")
    }

    /// This machine's name in the configuration, with its domain or without.
    private static func localHost(_ configuration: ClusterConfiguration) -> HostName? {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
        let full = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let short = String(full.prefix { $0 != "." })
        return [full, short].compactMap { HostName($0) }.first { configuration.site(of: $0) != nil }
    }

    // MARK: who we are

    private static func identity(
        for host: HostName?, _ site: SiteName, _ configuration: ClusterConfiguration
    ) throws(Refusal) -> Identity {
        let role = environment("CCTRL_ROLE") ?? AccessRole.operator.rawValue
        guard let known = AccessRole(rawValue: role), known != .manager else {
            throw Refusal(
                .badArgument, "CCTRL_ROLE is '\(role)', which is not a role for people",
                hint: "roles: observer, operator")
        }
        let place = environment("CCTRL_HOST").flatMap { HostName($0) } ?? localHost(configuration) ?? host
        let home = place ?? configuration.site(site)?.hosts.first
        let paths = home.map { HostPaths(host: $0, in: configuration) }
        guard let authority = environment("CCTRL_CA") ?? paths?.authority,
            let certificate = environment("CCTRL_CERT") ?? paths?.certificate(of: role),
            let key = environment("CCTRL_KEY") ?? paths?.key(of: role)
        else { throw Refusal(.noSuchSite, "data service '\(site)' has no hosts in the configuration") }
        return Identity(authority: authority, certificate: certificate, key: key)
    }
}
