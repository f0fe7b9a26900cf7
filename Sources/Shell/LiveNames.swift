import AdminProtocol
import ClusterModel
import CommandGrammar

/// The words that stand for things of a site.
package enum LiveNames {
    /// - Parameter kind: the name of the place in a command's pattern.
    package static func of(_ kind: String, in status: SiteStatus) -> [Expectation] {
        let hosts = status.dataSources.map {
            Expectation(word: $0.name.description, note: "\($0.role.rawValue), \($0.state.rawValue)")
        }
        switch kind {
        case "datasource": return hosts
        case "host":
            return hosts
                + (status.witnesses ?? []).map { Expectation(word: $0.name.description, note: "witness") }
        case "router":
            return [Expectation(word: "*", note: "every router of the data service")]
                + status.routers.map {
                    Expectation(word: $0.host.description, note: "router, \($0.state.rawValue)")
                }
        case "service":
            let places =
                [(word: "*", note: "every host")]
                + hosts.map { (word: $0.word, note: "\($0.word), \($0.note)") }
            return places.flatMap { place in
                [("mysql", "database server"), ("router", "router")].map { component, what in
                    Expectation(word: "\(place.word)/\(component)", note: "\(what) of \(place.note)")
                }
            }
        default: return []
        }
    }

    /// The ids of the journal's entries.
    static func of(_ journal: [OperationRecord]) -> [Expectation] {
        journal.map {
            Expectation(
                word: $0.id, note: SafeLine.of("\($0.command), by \($0.by): \($0.result.rawValue)"))
        }
    }
}
