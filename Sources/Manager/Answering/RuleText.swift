import AdminProtocol
import ClusterModel
import Planning

/// The sentences for the rules; the only place with their wording.
enum RuleText {
    static func answer(_ verdict: Verdict) -> RuleAnswer {
        RuleAnswer(
            rule: verdict.rule.rawValue, text: text(verdict), holds: verdict.holds, seen: verdict.seen,
            since: verdict.since)
    }

    static func part(_ title: String, _ verdicts: [Verdict]) -> ExplanationPart {
        ExplanationPart(title: title, rules: verdicts.map(answer))
    }

    private static func text(_ verdict: Verdict) -> String {
        let name = verdict.host.map { "'\($0)'" } ?? "the site"
        switch verdict.rule {
        case .noOperation: return "no operation runs"
        case .hasPrimary: return "the site has a primary"
        case .knownName: return "\(name) is a data source of the site"
        case .notPrimaryYet: return "\(name) is not the primary already"
        case .primaryServes: return "the server of the primary \(name) serves"
        case .primaryOnline: return "the primary \(name) is ONLINE"
        case .routersManaged: return "the managers of all routers answer"
        case .someCandidate: return "a replica can take over"
        case .managerAnswers: return "the manager of \(name) answers"
        case .onlineReplica: return "\(name) is an ONLINE replica"
        case .serverServes: return "the server of \(name) serves"
        case .replicates: return "\(name) replicates"
        case .replicatorOnline: return "the replicator of \(name) is ONLINE"
        case .followsPrimary: return "\(name) reads from the primary"
        case .nearEnough: return "\(name) is at most \(Int(CandidateRanking.latencyLimit)) s behind"
        case .roomOnDisk: return "the disk of \(name) has room"
        case .primaryFailed: return "the primary \(name) has FAILED"
        case .rulesActive: return "the policy lets the managers find faults"
        case .policyAutomatic: return "the policy is AUTOMATIC"
        case .serverGone: return "the server of \(name) does not serve"
        case .settled: return "\(Int(Rules.settleSeconds)) s have passed since the command"
        case .failedByRule: return "a rule found the fault, not an operator"
        case .inPlace: return "the server of \(name) has its place again"
        case .replicatorHeld: return "the replicator of \(name) is held"
        case .oldPrimaryClosed: return "it is certain that \(name) takes no more writes"
        case .provenComplete: return "what \(name) has received is all that was ever acknowledged"
        case .executesRest: return "\(name) can execute what it has received"
        case .notShunned: return "\(name) is not SHUNNED"
        case .failedOver: return "\(name) is a primary that was failed over"
        case .steady: return "\(name) does not come and go again and again"
        case .rested: return "the last failover is long enough ago"
        case .nothingDiverged: return "\(name) holds nothing that the primary never had"
        }
    }
}
