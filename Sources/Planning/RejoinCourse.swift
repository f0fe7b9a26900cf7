import ClusterModel

/// One step of a data source's way back.
package enum RejoinStep: String, Hashable, Sendable, CaseIterable {
    /// An exchange of its data that was interrupted is finished or taken back.
    case mend
    /// Its server serves; what a start would take back is saved before.
    case start
    /// What it has is compared with what the primary has.
    case judge
    /// Nobody starts its replicator until its position is set.
    case hold
    /// A copy takes the place of its data, its server is started with it, and the position set.
    case exchange
    /// The site takes it for a replica, whatever it was.
    case demote
    /// It follows the primary.
    case follow
    /// The site counts on it again.
    case takeBack = "take-back"

    package var word: String { rawValue }
}

/// How far a data source has come on its way back, and what is next; touches nothing.
///
/// No step is taken back: each leaves what the next recovery begins with, from the start.
package struct RejoinCourse: Hashable, Sendable {
    /// What a step has come to.
    package enum Outcome: Hashable, Sendable {
        case done
        case judged(Divergence)
        /// The connection where it cannot follow, nil where it does.
        case followed(LinkReport?)
    }

    /// Nil when it is over.
    package private(set) var next: RejoinStep?
    /// Why it is over, and the data source is not back: it needs a copy of another's data.
    package private(set) var reason: RejoinPlanner.Reason?
    private let isPrimary: Bool
    private var divergence = Divergence.clean

    /// The way back with the data that it has.
    /// - Parameter isPrimary: whether the site's records call it the primary.
    package init(isPrimary: Bool) {
        self.isPrimary = isPrimary
        next = .mend
    }

    private init(copied: ()) {
        isPrimary = false
        next = .hold
    }

    /// The way back with a copy of another's data, which lies beside its own by now.
    package static var copied: RejoinCourse { RejoinCourse(copied: ()) }

    /// The step that was next has come to something; what does not belong to that step changes nothing.
    package mutating func take(_ outcome: Outcome) {
        switch (next, outcome) {
        case (.mend, .done): next = .start
        case (.start, .done): next = isPrimary ? .takeBack : .judge
        case (.judge, .judged(let divergence)):
            self.divergence = divergence
            choose(after: nil, else: .follow)
        case (.hold, .done): next = .exchange
        case (.exchange, .done): next = .demote
        case (.demote, .done): next = .follow
        case (.follow, .followed(let error)): choose(after: error, else: .takeBack)
        case (.takeBack, .done): next = nil
        default: break
        }
    }

    private mutating func choose(after error: LinkReport?, else step: RejoinStep) {
        switch RejoinPlanner.way(divergence, after: error) {
        case .follow: next = step
        case .copy(let reason):
            next = nil
            self.reason = reason
        }
    }
}
