import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

/// Runs a plan stage by stage, and takes it back where a step fails before its point of no return.
extension Coordinator {
    /// Runs the stages; before the point of no return a failure takes everything back, after it the rest goes on.
    /// - Parameter isDecided: whether the plan is what is left of one that has passed its point of no return.
    /// - Returns: what is left to do.
    func run(
        _ plan: Plan, _ operation: Operation, isDecided: Bool = false
    ) async throws(Refusal) -> [String] {
        var course = PlanCourse(plan, isDecided: isDecided)
        var followUp: [String] = []
        var patience = Patience()
        operation.begins(plan, isDecided: isDecided)
        while let stage = course.stage {
            let plan = course.plan
            let decides = course.decides
            let aborted = decides ? !operation.decide() : operation.isAborted && !course.isDecided
            guard !aborted else {
                let left = await takeBack(course.wayBack, plan, operation, aloud: true)
                throw Refusal(
                    .aborted,
                    "the \(plan.isFailover ? "failover" : "switch") was aborted; \(plan.stays(left))",
                    hint: "ls")
            }
            operation.reaches(stage)
            await note(stage, of: plan, decides: decides, operation)
            for step in stage { boundary(step.word) }
            if stage.contains(where: \.holds) { patience.held = .now }
            course.begin()
            let ends = await perform(stage, plan, operation)
            for end in ends { operation.took(end.step, end.milliseconds, since: end.began) }
            followUp += ends.flatMap(\.followUp)
            if let reason = ends.compactMap(\.refusal).first {
                if decides, reason.code == .outcomeUnknown { throw await undecided(plan, reason, operation) }
                guard course.isDecided else {
                    if !operation.isAborted, let retreat = patience.retreat(after: reason),
                        let back = course.way(back: retreat)
                    {
                        operation.triesAgain(because: reason)
                        if await takeBack(back, plan, operation).isEmpty {
                            course.goBack(retreat)
                            if retreat == .round { await pause(operation) }
                            continue
                        }
                    }
                    let left = await takeBack(course.wayBack, plan, operation, aloud: true)
                    // Whatever a lost answer would have said: it is taken back.
                    throw Refusal(
                        reason.code == .outcomeUnknown ? .timedOut : reason.code,
                        plan.isFailover && left.isEmpty
                            ? reason.message : "\(reason.message); \(plan.stays(left))",
                        hint: reason.hint ?? "ls")
                }
                // The site has agreed on the new primary: what one host could not do now its agent does later.
                followUp += ends.compactMap(\.refusal).map { "FOLLOW-UP: \($0.message)" }
            }
            if let turn = operation.takeTurn() { course.turn(to: turn.to, turn.stages) }
            course.end()
        }
        boundary("end")
        return followUp
    }

    /// Leaves the site to its clients for a moment, unless the operation is aborted.
    private func pause(_ operation: Operation) async {
        operation.canary.withLock { $0 }?.rest()
        let end = ContinuousClock.now + GapLimits.pause
        while ContinuousClock.now < end, !operation.isAborted {
            try? await Task.sleep(for: .milliseconds(50), clock: .loop)
        }
    }

    /// Writes to the journal which stage begins.
    ///
    /// Only where nobody waits for it: from a switch's hold on the decision itself is the next entry, and those who have
    /// waited come before the one after. A failover is a gap from its first step, so its entries are written beside the
    /// steps, and with the decision.
    private func note(
        _ stage: [PlanStep], of plan: Plan, decides: Bool, _ operation: Operation
    ) async {
        let entry = operation.entry(.running)
        if stage.allSatisfy({ !$0.isPressing && !plan.isAwaited($0) }) {
            await operation.scribe.rest()
            let began = ContinuousClock.now
            await note(entry)
            operation.journaled(in: began.duration(to: .now))
        } else if plan.isFailover, !decides {
            operation.scribe.note(entry) { await self.note($0) }
        }
    }

    /// How one step ended.
    private struct StepEnd: Sendable {
        var step: PlanStep
        var began = ContinuousClock.now
        var milliseconds = 0.0
        /// What is left to do.
        var followUp: [String] = []
        var refusal: Refusal?
    }

    /// Runs the steps of a stage side by side; all have ended when this returns.
    private func perform(_ stage: [PlanStep], _ plan: Plan, _ operation: Operation) async -> [StepEnd] {
        guard stage.count > 1 else {
            var ends: [StepEnd] = []
            for step in stage { ends.append(await end(of: step, plan, operation)) }
            return ends
        }
        let ends = await withTaskGroup(of: StepEnd.self) { group in
            for step in stage { group.addTask { await self.end(of: step, plan, operation) } }
            return await group.reduce(into: [StepEnd]()) { $0.append($1) }
        }
        return stage.compactMap { step in ends.first { $0.step == step } }
    }

    private func end(of step: PlanStep, _ plan: Plan, _ operation: Operation) async -> StepEnd {
        var end = StepEnd(step: step)
        do throws(Refusal) {
            end.followUp = try await perform(step, plan, operation)
        } catch {
            end.refusal = error
        }
        end.milliseconds = end.began.duration(to: .now).inMilliseconds
        log.info(
            "step",
            metadata: [
                "operation": "\(operation.id)", "step": "\(step)", "milliseconds": "\(end.milliseconds)",
                "refused": "\(end.refusal?.message ?? "")",
            ])
        return end
    }

    /// Ends a switch of which nobody here knows whether the site has agreed on the new primary.
    ///
    /// Neither server is opened, for the other may be open soon: the agents open the one that the site's records
    /// name, as soon as they can be read.
    private func undecided(_ plan: Plan, _ reason: Refusal, _ operation: Operation) async -> Refusal {
        if !plan.isFailover { await thaw(plan, operation) }
        return Refusal(
            .outcomeUnknown,
            "\(reason.message); either '\(plan.from)' stays the primary or '\(plan.to)' is it: the managers open the"
                + " one that was agreed on",
            hint: "ls, once a majority of the managers is back")
    }

    private func thaw(_ plan: Plan, _ operation: Operation) async {
        do throws(Refusal) {
            let left = try await thawOld(plan.from, operation)
            for line in left { log.warning("\(line)") }
        } catch {
            log.warning(
                "the old primary stays frozen until that ends by itself", metadata: ["why": "\(error)"])
        }
    }

    /// - Returns: what could not be taken back; the agents bring the site back to its records as soon as the operation
    ///   has ended and they can.
    private func takeBack(
        _ steps: [PlanStep], _ plan: Plan, _ operation: Operation, aloud: Bool = false
    ) async -> [String] {
        if aloud, !plan.isFailover { operation.say("ROLLING BACK TO '\(plan.from)@\(board.shape.name)'") }
        var left: [String] = []
        for step in steps {
            var reasons: [String]
            do throws(Refusal) {
                reasons = try await perform(step, plan, operation)
            } catch {
                reasons = [error.message]
            }
            guard !reasons.isEmpty else { continue }
            let why = reasons.map { $0.replacing("FOLLOW-UP: ", with: "") }.joined(separator: "; ")
            log.warning("a step was not taken back", metadata: ["step": "\(step)", "why": "\(why)"])
            left.append("\(step.word): \(why)")
        }
        return left
    }
}

extension Plan {
    /// What holds when it is taken back, but for what is `left` to take back.
    func stays(_ left: [String] = []) -> String {
        if left.isEmpty { return isFailover ? "nobody was promoted" : "'\(from)' goes on as the primary" }
        return (isFailover ? "nobody was promoted" : "'\(from)' stays the primary")
            + ", and its managers put back as soon as they can what was not taken back yet: "
            + left.joined(separator: "; ")
    }

    /// Whether the first commits wait for the step: nobody else can confirm them before the old primary follows.
    func isAwaited(_ step: PlanStep) -> Bool {
        guard case .settle = step else { return false }
        return !isFailover && !isAttached
    }

    /// Whether others follow the new primary before it is one.
    var isAttached: Bool {
        stages.joined().contains { if case .attach = $0 { true } else { false } }
    }
}

extension PlanStep {
    /// Whether new connections wait from here on.
    fileprivate var holds: Bool {
        if case .holdRouters = self { return true }
        return false
    }
}

/// How often a plan tries again what a busy site did not let it do.
private struct Patience {
    /// Since when new connections wait.
    var held: ContinuousClock.Instant?
    private var rounds = 1

    /// How far to go back after a refusal; nil where the same would not succeed later either, or has been tried enough.
    mutating func retreat(after reason: Refusal) -> Retreat? {
        guard let waited = held?.duration(to: .now) else { return nil }
        switch reason.code {
        case .replicaBehind, .blockedBySession:
            return waited < .milliseconds(GapLimits.hold) ? .attempt : nil
        case .tooSlow:
            if waited < .milliseconds(GapLimits.foreseen) { return .attempt }
            guard rounds < GapLimits.rounds else { return nil }
            rounds += 1
            held = nil
            return .round
        default: return nil
        }
    }
}
