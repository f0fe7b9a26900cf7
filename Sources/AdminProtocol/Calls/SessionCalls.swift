import ClusterModel

/// The first request of every session.
package struct HelloCall: AdminCall {
    package typealias Reply = Welcome
    package static let method = "session.hello"
    package static let access = AccessRole.observer

    /// The program that calls, such as `cctrl 0.1.0`.
    package var client: String
    /// Protocol versions that the caller speaks.
    package var versions: [Int]

    package init(client: String, versions: [Int] = ProtocolLimits.versions) {
        self.client = client
        self.versions = versions
    }
}

/// A manager's answer to the first request.
package struct Welcome: Codable, Hashable, Sendable {
    package var product: String
    package var version: String
    package var build: Int
    /// The protocol version that both speak from now on.
    package var protocolVersion: Int
    package var site: SiteName
    package var host: HostName
    /// What the caller may do.
    package var role: AccessRole
    /// Every site that the manager's configuration knows, with its hosts.
    package var sites: [SiteName: [HostName]]

    package init(
        product: String, version: String, build: Int, protocolVersion: Int, site: SiteName, host: HostName,
        role: AccessRole, sites: [SiteName: [HostName]]
    ) {
        self.product = product
        self.version = version
        self.build = build
        self.protocolVersion = protocolVersion
        self.site = site
        self.host = host
        self.role = role
        self.sites = sites
    }
}
