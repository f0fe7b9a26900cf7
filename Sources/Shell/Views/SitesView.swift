import ClusterModel
import TerminalText

/// `ls` at the root: the names of all data services.
enum SitesView {
    static func lines(_ sites: [SiteName]) -> [String] {
        [""] + Box.around(Box.rows("DATA SERVICES:")) + sites.sorted().map(\.description) + [""]
    }
}

/// The same for programs.
struct SiteList: Encodable, Sendable {
    /// One data service of the configuration.
    struct Entry: Encodable, Sendable {
        var site: SiteName
        var hosts: [HostName]
    }

    var sites: [Entry]

    init(_ sites: [SiteName: [HostName]]) {
        self.sites = sites.sorted { $0.key < $1.key }.map { Entry(site: $0.key, hosts: $0.value) }
    }

    var rows: Rows { Rows(fields: ["site", "hosts"], items: sites) }
}
