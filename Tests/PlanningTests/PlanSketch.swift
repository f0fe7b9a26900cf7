import ClusterModel
import Planning

/// What the steps of a plan mean, as far as the invariants need it: who takes writes, who is frozen, what the
/// routers of the plan do.
struct PlanSketch {
    private(set) var writable: Set<HostName>
    private(set) var frozen: Set<HostName> = []
    private(set) var held: Set<HostName> = []
    private(set) var routes: [HostName: HostName] = [:]
    private var primary: HostName
    private let target: HostName

    init(_ site: SiteSnapshot, _ plan: Plan) {
        writable = [plan.from]
        primary = plan.from
        target = plan.to
        for case .holdRouters(let routers) in plan.steps {
            for router in routers { routes[router] = plan.from }
        }
    }

    /// Routers that let connections through to a server which is not the one that takes writes.
    var misdirected: [HostName] {
        routes.filter { router, target in !held.contains(router) && !writable.contains(target) }.keys.sorted()
    }

    mutating func take(_ step: PlanStep) {
        switch step {
        case .holdRouters(let routers): held.formUnion(routers)
        case .leave(let routers, _): for router in routers { routes[router] = target }
        case .releaseRouters(let routers, let target):
            for router in routers { routes[router] = target }
            held.subtract(routers)
        case .freeze(let host): frozen.insert(host)
        case .thaw(let host): frozen.remove(host)
        case .close(let host): writable.remove(host)
        case .open(let host): writable.insert(host)
        case .record(let host, _): primary = host
        case .settle(let hosts):
            // A server that is not the primary is made read-only when it is settled.
            writable = writable.filter { $0 == primary || !hosts.contains($0) }
        case .quietLinks, .attach, .approach, .endTransactions, .drainRouters, .catchUp: break
        }
    }
}
