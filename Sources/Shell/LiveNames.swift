import ClusterModel

/// The words that stand for things of a site.
package enum LiveNames {
    /// - Parameter kind: the name of the place in a command's pattern.
    package static func of(_ kind: String, in status: SiteStatus) -> [String] {
        let hosts = status.dataSources.map(\.name.description)
        switch kind {
        case "datasource", "host": return hosts
        case "router": return ["*"] + status.routers.map(\.host.description)
        case "service":
            return (["*"] + hosts).flatMap { host in ["mysql", "router"].map { "\(host)/\($0)" } }
        default: return []
        }
    }
}
