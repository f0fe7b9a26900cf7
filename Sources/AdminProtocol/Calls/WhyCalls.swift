import ClusterModel

/// `why <ds>`, `why not <ds>`, `why no failover`: the rules that decide it, with what each of them sees.
package struct WhyCall: AdminCall {
    package typealias Reply = Explanation
    package static let method = "site.why"
    package static let access = AccessRole.observer

    package enum Topic: String, Codable, Sendable, CaseIterable {
        /// Why a data source is in its state, and what would change that.
        case dataSource
        /// Why a data source could or could not become the primary by a switch.
        case target
        /// Why the site does or does not fail over.
        case failover
    }

    package var topic: Topic
    /// The data source; nil for `failover`.
    package var name: HostName?

    package init(topic: Topic, name: HostName?) {
        self.topic = topic
        self.name = name
    }
}

/// An answer to a question for reasons.
package struct Explanation: Codable, Hashable, Sendable {
    /// One sentence that says how it is.
    package var conclusion: String
    package var parts: [ExplanationPart]
    /// What to type next, where there is something to type.
    package var hint: String?

    package init(conclusion: String, parts: [ExplanationPart], hint: String? = nil) {
        self.conclusion = conclusion
        self.parts = parts
        self.hint = hint
    }
}

/// Rules that decide one thing together: all of them must hold for it.
package struct ExplanationPart: Codable, Hashable, Sendable {
    /// What they decide, such as `east2 can become the primary when`.
    package var title: String
    package var rules: [RuleAnswer]

    package init(title: String, rules: [RuleAnswer]) {
        self.title = title
        self.rules = rules
    }
}

/// One rule, and what it sees.
package struct RuleAnswer: Codable, Hashable, Sendable {
    /// A stable name for programs.
    package var rule: String
    /// The rule as a sentence without its full stop.
    package var text: String
    package var holds: Bool
    /// The observed value.
    package var seen: String
    /// Since when that is observed; nil where it is not known.
    package var since: WallTime?

    package init(rule: String, text: String, holds: Bool, seen: String, since: WallTime?) {
        self.rule = rule
        self.text = text
        self.holds = holds
        self.seen = seen
        self.since = since
    }
}
