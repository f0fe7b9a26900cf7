import AdminProtocol
import ClusterModel
import Planning

/// The sentences of a plan; the only place with their wording.
enum PlanText {
    static func step(_ step: PlanStep) -> String {
        switch step {
        case .quietLinks(let host):
            "stop the connections of '\(host)' to other sites, when what they have received is executed"
        case .beginLogFile(let host):
            "begin a new file of the binary log of '\(host)', for those who will connect to it"
        case .restEvents(let host, _): "let no scheduled event begin on '\(host)' any more"
        case .attach(let replicas, let candidate, let must):
            "let \(list(replicas)) follow '\(candidate)' already, to confirm its first commits"
                + (must ? " (or end here, where none can in time)" : "")
        case .approach(let candidate, let primary, let limit):
            "wait until '\(candidate)' is within \(limit) ms of '\(primary)' (at most 15 s)"
        case .endTransactions(let host, let cut):
            "wait until the transactions that are open on '\(host)' have ended (at most 1 s), "
                + (cut ? "then cut the sessions of the rest" : "or end here")
        case .holdRouters(let routers, _): "let new connections for writes wait at \(list(routers))"
        case .drainRouters(let routers, let primary, let next):
            "let short sessions on '\(primary)' end by themselves (100 ms), and turn to '\(next)', at \(list(routers))"
        case .near(let candidate, let primary, let limit):
            "look again whether '\(candidate)' is within \(limit) ms of '\(primary)'"
        case .freeze(let host, let limit, _):
            "freeze '\(host)': no transaction commits; running ones have \(limit) ms to end"
        case .leave(let routers, let primary):
            "cut what is left of the sessions on '\(primary)', at \(list(routers))"
        case .catchUp(let candidate, let primary, let limit, let gap):
            "wait until '\(candidate)' has executed everything of '\(primary)' (at most \(limit) ms, and all within"
                + " \(gap) ms, else thaw and try again)"
        case .close(let host): "close '\(host)' for writes"
        case .record(let primary, let old):
            "agree on '\(primary)' as the primary and '\(old)' as a replica: from here on nothing is taken back"
        case .open(let host): "open '\(host)' for writes"
        case .releaseRouters(let routers, let primary):
            "send writes to '\(primary)' and let waiting connections through, at \(list(routers))"
        case .thaw(let host): "thaw '\(host)'"
        case .settle(let hosts): "bring every server to its place: \(list(hosts))"
        case .failover(let step): self.step(step)
        }
    }

    private static func step(_ step: FailoverStep) -> String {
        switch step {
        case .turnAway(let routers, let old):
            "let new connections wait, and send no writes to '\(old)', at \(list(routers))"
        case .fence(let old, _):
            "fence '\(old)': by its manager, else from outside, else its lease must have ended"
        case .choose(let replicas, _, _):
            "let no replica receive any more (\(list(replicas))), and choose by what each has received"
        case .apply(let new): "let '\(new)' execute all that it has received (at most 60 s)"
        case .ask(_, let others):
            "ask what only another server or site still has"
                + (others.isEmpty ? "" : " (\(list(others)) and the other sites)")
                + "; who answers reads no more from the old primary"
        case .fetch(let new): "let '\(new)' fetch that"
        case .follow(let others, let new):
            "let \(list(others)) begin to follow '\(new)', beside what comes next"
        case .promote(let new, let old):
            "agree on '\(new)' as the primary and shun '\(old)': from here on nothing is taken back"
        case .open(let new): "open '\(new)' for writes"
        case .admit(let routers):
            "send writes there and let waiting connections through, at \(list(routers))"
        }
    }

    /// What a host's manager will do.
    static func lines(_ difference: GoalDifference) -> [String] {
        let host = difference.host
        var lines: [String] = []
        if let router = difference.router {
            let title = "the router of '\(host)'"
            if router.accepts == .offline { lines.append("\(title) refuses new connections") }
            if router.accepts == .online { lines.append("\(title) accepts connections") }
            for target in router.writesGained { lines.append("\(title) sends writes to '\(target)'") }
            for target in router.readsGained { lines.append("\(title) sends reads to '\(target)'") }
            for target in router.writesLost {
                lines.append("\(title) sends no writes to '\(target)' and cuts the sessions there")
            }
            for target in router.readsLost {
                lines.append("\(title) sends no reads to '\(target)' and cuts the sessions there")
            }
        }
        switch difference.server {
        case .primary: lines.append("'\(host)' takes writes")
        case .replica(let source, .online): lines.append("'\(host)' follows '\(source)'")
        case .replica(_, .offline): lines.append("'\(host)' stops its replicator")
        case .fenced: lines.append("'\(host)' takes no writes and replicates nothing")
        case nil: break
        }
        return lines
    }

    static func record(_ edit: RecordEdit, in snapshot: SiteSnapshot) -> PlannedRecord {
        switch edit {
        case .policy(let record):
            return PlannedRecord(
                key: StoreKey.policy.path, before: snapshot.records.policy.policy.rawValue,
                after: record.policy.rawValue)
        case .dataSource(let host, let record):
            return PlannedRecord(
                key: StoreKey.dataSource(host).path, before: text(snapshot.record(of: host)),
                after: text(record))
        case .router(let host, let wanted):
            return PlannedRecord(
                key: StoreKey.router(host).path,
                before: (snapshot.records.routers[host] ?? .online).rawValue, after: wanted.rawValue)
        case .replicator(let host, let wanted):
            return PlannedRecord(
                key: StoreKey.replicator(host).path,
                before: (snapshot.records.replicators[host] ?? .online).rawValue,
                after: (wanted ?? .online).rawValue)
        }
    }

    static func text(_ record: DataSourceRecord) -> String {
        "\(record.role.rawValue):\(record.state.rawValue)"
            + (record.reason.isEmpty ? "" : "(\(record.reason))")
    }

    static func list(_ hosts: [HostName]) -> String {
        hosts.isEmpty ? "no host" : hosts.map(\.description).joined(separator: ", ")
    }
}
