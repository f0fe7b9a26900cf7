import ClusterModel

/// What has changed at a site between two looks: the lines that a person at the prompt is told.
package enum NewsView {
    /// Empty where nothing happened that is worth an interruption.
    package static func lines(from old: SiteStatus, to new: SiteStatus) -> [String] {
        guard old.site == new.site else { return [] }
        guard new.quorum else {
            return old.quorum ? ["the manager of '\(new.answeredBy)' has lost the majority of the site"] : []
        }
        var lines: [String] = []
        if !old.quorum {
            lines.append("the manager of '\(new.answeredBy)' has the majority of the site again")
        }
        // While an operation runs the policy reads MAINTENANCE, whatever was set.
        if old.policy != new.policy, old.operation == nil, new.operation == nil {
            lines.append("policy is now \(new.policy.rawValue)")
        }
        lines += operation(from: old.operation, to: new.operation)
        if let before = primary(old), let after = primary(new), before != after {
            lines.append("the primary is now '\(after)', before it was '\(before)'")
        }
        for source in new.dataSources {
            guard let before = old[source.name] else {
                lines.append("data source '\(source.name)' is new")
                continue
            }
            lines += changes(from: before, to: source)
        }
        for source in old.dataSources where new[source.name] == nil {
            lines.append("data source '\(source.name)' is gone")
        }
        for witness in new.witnesses ?? [] {
            let before = old.witnesses?.first { $0.name == witness.name }?.manager ?? witness.manager
            guard before != witness.manager else { continue }
            lines.append(
                "manager of witness '\(witness.name)': \(before.rawValue) => \(witness.manager.rawValue)")
        }
        return lines.map(SafeLine.of)
    }

    private static func primary(_ status: SiteStatus) -> HostName? {
        status.dataSources.first { $0.role == .primary }?.name
    }

    private static func operation(from old: RunningOperation?, to new: RunningOperation?) -> [String] {
        guard old?.id != new?.id else { return [] }
        return (old.map { ["'\($0.command)' has ended"] } ?? [])
            + (new.map { ["'\($0.command)' has begun, led by '\($0.coordinator)'"] } ?? [])
    }

    private static func changes(from old: DataSourceStatus, to new: DataSourceStatus) -> [String] {
        var lines: [String] = []
        let name = "data source '\(new.name)'"
        if old.state != new.state {
            let why = new.reason.isEmpty ? "" : ": \(new.reason)"
            lines.append("\(name): \(old.state.rawValue) => \(new.state.rawValue)\(why)")
        }
        let parts = [
            ("manager", old.manager, new.manager), ("server", old.server, new.server),
            ("replicator", old.replicator?.state ?? .unknown, new.replicator?.state ?? .unknown),
        ]
        for (part, before, after) in parts where settled(before) && settled(after) && before != after {
            lines.append("\(part) of \(name): \(before.rawValue) => \(after.rawValue)")
        }
        return lines
    }

    /// States on the way to another one are told when they have become it.
    private static func settled(_ state: ComponentState) -> Bool {
        state != .synchronizing && state != .unknown
    }
}
