import ClusterModel

/// One rule that was asked about a snapshot: whether it holds, what it saw, and since when that is so.
///
/// Planners and rules decide by lists of these, and answers to `why` show the very same lists.
package struct Verdict: Hashable, Sendable {
    package var rule: Rule
    /// The host that it was asked about; nil for the whole site.
    package var host: HostName?
    package var holds: Bool
    /// The observed value in the words of the classic output.
    package var seen: String
    /// Since when that is observed; nil where it is not known.
    package var since: WallTime?
    /// What a planner refuses with where the rule does not hold; nil for rules that refuse nothing.
    package var refusal: PlanRefusal?

    package init(
        _ rule: Rule, of host: HostName? = nil, _ holds: Bool, seen: String, since: WallTime? = nil
    ) {
        self.rule = rule
        self.host = host
        self.holds = holds
        self.seen = seen
        self.since = since
    }

    /// A rule that holds unless there is something to refuse with.
    package init(
        _ rule: Rule, of host: HostName? = nil, unless refusal: PlanRefusal?, seen: String,
        since: WallTime? = nil
    ) {
        self.init(rule, of: host, refusal == nil, seen: seen, since: since)
        self.refusal = refusal
    }
}

extension [Verdict] {
    package var allHold: Bool { allSatisfy(\.holds) }

    /// Fails with the first rule that stands in the way.
    func check() throws(PlanRefusal) {
        for verdict in self {
            if let refusal = verdict.refusal { throw refusal }
        }
    }
}

/// Every rule by its stable name.
package enum Rule: String, Sendable, CaseIterable {
    // Of every operation.
    case noOperation = "no-operation"
    case hasPrimary = "has-primary"
    case knownName = "known-name"
    case notPrimaryYet = "not-primary-yet"
    // Of a switch.
    case primaryServes = "primary-serves"
    case primaryOnline = "primary-online"
    case routersManaged = "routers-managed"
    case someCandidate = "some-candidate"
    // Of a candidate, and of what the rules look at.
    case managerAnswers = "manager-answers"
    case onlineReplica = "online-replica"
    case serverServes = "server-serves"
    case replicates = "replicates"
    case replicatorOnline = "replicator-online"
    case followsPrimary = "follows-primary"
    case nearEnough = "near-enough"
    case roomOnDisk = "room-on-disk"
    // Of a failover.
    case primaryFailed = "primary-failed"
    case oldPrimaryClosed = "old-primary-closed"
    case provenComplete = "proven-complete"
    case executesRest = "executes-rest"
    // Of what the managers do by themselves.
    case rulesActive = "rules-active"
    case policyAutomatic = "policy-automatic"
    case serverGone = "server-gone"
    case settled = "settled"
    case failedByRule = "failed-by-rule"
    case inPlace = "in-place"
    case replicatorHeld = "replicator-held"
    case notShunned = "not-shunned"
    case failedOver = "failed-over"
    case nothingDiverged = "nothing-diverged"
    case steady = "steady"
    case rested = "rested"
}

extension SiteSnapshot {
    // Rules that several lists share.

    func noOperation() -> Verdict {
        Verdict(
            .noOperation, unless: operation.map { .operationRunning($0) },
            seen: operation.map { "'\($0.command)' runs on \($0.coordinator)" } ?? "none",
            since: operation?.startedAt)
    }

    func hasPrimary() -> Verdict {
        Verdict(
            .hasPrimary, unless: primary == nil ? .noPrimary : nil,
            seen: primary?.description ?? "none", since: records.primary?.since)
    }

    /// Rules about the name that an operator gave; none where none was given.
    func isTarget(_ target: HostName?) -> [Verdict] {
        guard let target else { return [] }
        let isKnown = shape.hosts.contains(target)
        let names = shape.hosts.map(\.description).joined(separator: ", ")
        return [
            Verdict(
                .knownName, of: target, unless: isKnown ? nil : unknown(target),
                seen: isKnown ? "a data source of \(shape.name)" : "known are \(names)"),
            Verdict(
                .notPrimaryYet, of: target, unless: target == primary ? .alreadyPrimary(target) : nil,
                seen: record(of: target).role.rawValue,
                since: target == primary ? records.primary?.since : record(of: target).changedAt),
        ]
    }

    func managerAnswers(_ host: HostName, unless refusal: PlanRefusal?) -> Verdict {
        let report = reports[host]
        var verdict = Verdict(
            .managerAnswers, of: host, report != nil, seen: report == nil ? "STOPPED" : "ONLINE",
            since: report == nil ? lost[host] : report?.manager.startedAt)
        if report == nil { verdict.refusal = refusal }
        return verdict
    }

    /// The state of a data source with its reason, as the classic output has it.
    package func stateText(of host: HostName) -> String {
        let record = record(of: host)
        return record.state.rawValue + (record.reason.isEmpty ? "" : "(\(record.reason))")
    }

    /// The state of a host's server, with the trouble where there is one.
    func serverText(of host: HostName) -> String {
        guard let server = reports[host]?.server else {
            let state = serverState(of: host)
            return state == .timeout ? "\(state.rawValue): no answer over the network" : state.rawValue
        }
        guard server.state != .online, let problem = server.problem else { return server.state.rawValue }
        return "\(server.state.rawValue): \(problem)"
    }
}
