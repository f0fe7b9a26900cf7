import AdminProtocol
import ClusterModel
import CommandGrammar

/// The tree that the physical mode shows: `/<site>/<host>/<process>/<manager>/<operation>`.
///
/// Names of processes and managers are the classic ones as far as there is such a process here.
struct ResourceTree {
    /// A process of every host, and the one node below it.
    enum Process: String, CaseIterable {
        case manager, replicator, router, server

        var manager: String {
            switch self {
            case .manager: "ServiceManager"
            case .replicator: "ReplicationServiceManager"
            case .router: "RouterManager"
            case .server: "DataServerManager"
            }
        }
    }

    /// What can be run at the end of every branch.
    static let operation = "diag"
    /// Names from the root to an operation.
    static let depth = 5

    private let network: any ManagerNetwork

    init(_ network: any ManagerNetwork) { self.network = network }

    /// Every place that a path with `*` means, in order; empty where there is none.
    func places(_ path: ResourcePath) -> [ResourcePath] {
        var found = [ResourcePath.root]
        for name in path.names {
            found = found.flatMap { place in
                names(below: place).filter { name == "*" || $0 == name }.map {
                    ResourcePath(place.names + [$0])
                }
            }
        }
        return found
    }

    /// The names below a place.
    func names(below place: ResourcePath) -> [String] {
        switch place.names.count {
        case 0: return network.sites.keys.sorted().map(\.description)
        case 1:
            let hosts = SiteName(place.names[0]).flatMap { network.sites[$0] } ?? []
            return hosts.sorted().map(\.description)
        case 2: return Process.allCases.map(\.rawValue)
        case 3: return Process(rawValue: place.names[2]).map { [$0.manager] } ?? []
        case 4: return [Self.operation]
        default: return []
        }
    }

    /// The names below a place, for `?` and TAB.
    func children(of place: ResourcePath) -> [Expectation] {
        let kinds = ["data service", "host", "process", "manager of the process", "operation"]
        let kind = kinds[min(place.names.count, kinds.count - 1)]
        return names(below: place).map { Expectation(word: $0, note: kind) }
            + [Expectation(word: "..", note: "one step up")]
    }

    /// - Throws: where no place is meant.
    func needed(_ word: String, from place: ResourcePath) throws(Refusal) -> [ResourcePath] {
        let found = places(ResourcePath(word, from: place))
        if !found.isEmpty { return found }
        throw Refusal(
            .noSuchComponent, "there is nothing at '\(word)', seen from \(place)",
            hint: "'ls' shows the names here; 'cd /' goes to the root")
    }
}
