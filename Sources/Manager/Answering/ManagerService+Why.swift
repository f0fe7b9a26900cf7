import AdminProtocol
import ClusterModel
import Planning

/// Answers to `why`: the lists of rules that planners and managers decide by, asked of the newest state.
extension ManagerService {
    func explain(_ call: WhyCall) throws(Refusal) -> Explanation {
        switch call.topic {
        case .failover: return whyNoFailover()
        case .target: return whyNotTarget(try named(call))
        case .dataSource: return whyState(of: try named(call))
        }
    }

    private func named(_ call: WhyCall) throws(Refusal) -> HostName {
        guard let name = call.name else {
            throw Refusal(
                .badArgument, "the question '\(call.topic.rawValue)' needs the name of a data source",
                hint: "why <datasource>")
        }
        return try coordinator.known(name)
    }

    // MARK: a switch

    private func whyNotTarget(_ name: HostName) -> Explanation {
        let verdicts = SwitchPlanner.verdicts(to: name, in: board.snapshot, force: false)
        var explanation = Explanation(
            conclusion:
                "'\(name)' can become the primary: no rule stands in the way of a switch to it; open transactions"
                + " and the gap are not looked at here",
            parts: [RuleText.part("a switch to '\(name)' needs that", verdicts)],
            hint: "switch to \(name) --plan")
        if let refusal = verdicts.compactMap(\.refusal).first {
            conclude(&explanation, with: refusal)
        }
        return explanation
    }

    /// The sentence of the refusal that a planner would give.
    private func conclude(_ explanation: inout Explanation, with refusal: PlanRefusal) {
        let refused = RefusalText.refusal(refusal)
        explanation.conclusion = refused.message.replacing("; nothing was changed", with: "")
            .replacing("; nobody was promoted", with: "")
        explanation.hint = refused.hint
    }

    // MARK: a failover

    private func whyNoFailover() -> Explanation {
        let snapshot = board.snapshot
        var verdicts = FailoverPlanner.verdicts(target: nil, in: snapshot, force: false)
        verdicts.append(FailoverPlanner.someCandidate(in: snapshot))
        // As far as that can be said while the others still receive.
        if let best = try? FailoverPlanner.choose(target: nil, in: snapshot).candidate {
            verdicts.append(FailoverPlanner.executes(best, in: snapshot))
        }
        let byRule = Rules.verdicts(failingOverIn: snapshot, now: .now)
        var explanation = Explanation(
            conclusion: byRule.allHold
                ? "the managers fail over now" : "the site can fail over, and waits for the command",
            parts: [
                RuleText.part("a failover needs that", verdicts),
                RuleText.part("the managers fail over by themselves when", byRule),
            ],
            hint: "failover --plan")
        if let refusal = verdicts.compactMap(\.refusal).first {
            conclude(&explanation, with: refusal)
        }
        for host in snapshot.replicas {
            var verdicts = CandidateRanking.verdicts(on: host, in: snapshot, needsLink: false)
            if let server = snapshot.reports[host]?.server {
                let candidate = CandidateRanking.candidate(host, server, domain: snapshot.shape.domain)
                verdicts.append(FailoverPlanner.executes(candidate, in: snapshot))
            }
            explanation.parts.append(RuleText.part("'\(host)' can be promoted when", verdicts))
        }
        if let primary = snapshot.primary {
            explanation.parts.insert(
                RuleText.part(
                    "the primary '\(primary)' becomes FAILED when",
                    Rules.verdicts(failing: primary, in: snapshot)), at: 0)
        }
        return explanation
    }

    // MARK: a state

    private func whyState(of name: HostName) -> Explanation {
        let snapshot = board.snapshot
        let status = snapshot.status(
            answeredBy: board.host, quorum: board.hasQuorum, age: board.age, includingReports: false)[name]
        let record = snapshot.record(of: name)
        var conclusion = "'\(name)' is \(record.role.rawValue):\(snapshot.stateText(of: name))"
        if let status, status.alert != .ok {
            conclusion += ", STATUS [\(status.alert.rawValue)]"
            if !status.alertMessage.isEmpty, status.alertMessage != record.reason {
                conclusion += ": \(status.alertMessage)"
            }
        }
        conclusion += cause(of: name, record)
        var explanation = Explanation(conclusion: conclusion, parts: [])
        let back = Rules.verdicts(returning: name, in: snapshot, now: .now)
        switch record.state {
        case .online:
            explanation.parts.append(
                RuleText.part(
                    "a rule makes '\(name)' FAILED when", Rules.verdicts(failing: name, in: snapshot)))
            explanation.parts += state(of: name, snapshot)
        case .shunned where record.reason.hasPrefix(Rules.failedOver):
            explanation.parts.append(
                RuleText.part(
                    "the managers make '\(name)' a replica when",
                    Rules.verdicts(rejoining: name, in: snapshot, now: .now)))
            explanation.parts += state(of: name, snapshot)
            explanation.hint = "datasource \(name) recover"
        case .shunned:
            explanation.conclusion += "; no rule brings it back, an operator does"
            explanation.parts += state(of: name, snapshot)
            // A primary is not welcomed without force.
            let isWelcome = record.isDraining && record.role == .replica
            explanation.hint = isWelcome ? "datasource \(name) welcome" : "datasource \(name) recover"
        case .offline, .failed:
            explanation.parts.append(RuleText.part("a rule makes '\(name)' ONLINE again when", back))
            if !back.allHold {
                explanation.hint =
                    record.state == .offline ? "datasource \(name) online" : "datasource \(name) recover"
            }
        }
        // What a person must see to comes before what rules wait for.
        if let trouble = snapshot.troubles(of: name).first {
            if !explanation.conclusion.contains(trouble.text) {
                explanation.conclusion += "; \(trouble.text)"
            }
            explanation.hint = trouble.advice
        }
        if snapshot.records.replicators[name] == .offline, name != snapshot.primary {
            let held = Rules.verdicts(
                startingReplicatorOf: name, in: snapshot, heldFor: board.heldFor(name))
            explanation.parts.append(RuleText.part("a rule starts the replicator of '\(name)' when", held))
        }
        return explanation
    }

    /// What can be said of a data source beyond its record: the rules that a candidate is judged by.
    private func state(of name: HostName, _ snapshot: SiteSnapshot) -> [ExplanationPart] {
        guard name != snapshot.primary else { return [] }
        return [
            RuleText.part(
                "'\(name)' is well when",
                CandidateRanking.verdicts(on: name, in: snapshot, needsLink: true))
        ]
    }

    /// Who made the state what it is, where the journal still knows.
    private func cause(of name: HostName, _ record: DataSourceRecord) -> String {
        let near = board.journal.newestFirst.first { entry in
            let end = entry.endedAt ?? entry.startedAt
            let isThen =
                entry.startedAt.seconds(since: record.changedAt) < 1
                && record.changedAt.seconds(since: end) < 1
            let words = entry.command.split { " '@,:".contains($0) }
            let named = words.contains { $0 == name.description }
            return isThen && (named || entry.lines.contains { $0.contains("'\(name)") })
        }
        guard let near else { return "" }
        return near.by == OperationRecord.rules
            ? "; a rule: \(near.command)" : "; by '\(near.command)' of \(near.by) (history show \(near.id))"
    }
}
