import ClusterModel

/// What must change for a router to be at its goal; empty where it is.
enum RouterSettler {
    static func changes(from report: RouterReport, to goal: RouterGoal) -> [RouterChange] {
        guard report.state != .stopped else { return [] }
        var changes: [RouterChange] = []
        if goal.accepts == .offline, report.state == .online {
            changes += [.refuse(.write), .refuse(.read)]
        }
        // The new target first: a connection in transit then finds one.
        let write = goal.write.map { [$0] } ?? []
        for host in write where !report.writesTo.contains(host) { changes.append(.use(host, .write)) }
        for host in goal.read where !report.readsFrom.contains(host) { changes.append(.use(host, .read)) }
        func part(_ host: HostName, _ port: RouterChange.Port) -> RouterChange {
            goal.draining.contains(host) ? .drain(host, port) : .leave(host, port)
        }
        for host in report.writesTo where !write.contains(host) { changes.append(part(host, .write)) }
        for host in report.readsFrom where !goal.read.contains(host) { changes.append(part(host, .read)) }
        if goal.accepts == .online, report.state != .online {
            changes += [.accept(.write), .accept(.read)]
        }
        return changes
    }
}
