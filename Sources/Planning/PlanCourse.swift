import ClusterModel

/// How far a plan has come: which stage is next, and what takes back those before; touches nothing.
package struct PlanCourse: Sendable {
    package private(set) var plan: Plan
    /// From here on the plan is driven forward.
    package private(set) var isDecided = false
    private var index = 0
    /// What takes back each stage that was begun.
    private var undo: [[PlanStep]] = []

    /// - Parameter isDecided: whether the plan is what is left of one that has passed its point of no return.
    package init(_ plan: Plan, isDecided: Bool = false) {
        self.plan = plan
        self.isDecided = isDecided
    }

    /// What is to run now; nil when all has run.
    package var stage: [PlanStep]? { index < plan.stages.count ? plan.stages[index] : nil }

    /// Whether the stage is the point of no return.
    package var decides: Bool { stage?.contains(where: \.isPointOfNoReturn) ?? false }

    /// The stage begins: a failure from now on takes it back too, whatever has come of it.
    package mutating func begin() {
        guard !isDecided, let stage else { return }
        undo.append(stage.compactMap { $0.undo(from: plan.from) })
    }

    /// The stage has ended; after the point of no return also where it failed.
    package mutating func end() {
        if decides { isDecided = true }
        index += 1
    }

    /// A step that runs has found that another host is to be the primary, and what is to follow then.
    package mutating func turn(to candidate: HostName, _ rest: [[PlanStep]]) {
        guard !isDecided else { return }
        plan.to = candidate
        plan.stages = plan.stages.prefix(index + 1) + rest
    }

    /// What takes everything back, in this order; nothing after the point of no return.
    ///
    /// A server takes its place once, at the end: what is to be taken back may be many a step's.
    package var wayBack: [PlanStep] {
        guard !isDecided else { return [] }
        let steps = Array(undo.joined().reversed())
        return steps.enumerated().filter { index, step in
            guard case .settle = step else { return true }
            return !steps[(index + 1)...].contains(step)
        }.map(\.element)
    }

    /// What takes back the stages from where it is to be tried again; nil where the present one is none of them.
    package func way(back retreat: Retreat) -> [PlanStep]? {
        guard !isDecided, let stages = plan.stages(of: retreat), stages.contains(index) else { return nil }
        return undo[stages.lowerBound...].joined().reversed()
    }

    /// Those stages were taken back: the first of them is next again.
    package mutating func goBack(_ retreat: Retreat) {
        guard let first = plan.stages(of: retreat)?.lowerBound, first <= index else { return }
        undo.removeSubrange(first...)
        index = first
    }
}
