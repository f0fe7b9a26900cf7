import ClusterModel
import ClusterTestKit
import Planning

/// Something that happens while a failover runs.
struct Interruption: Hashable, CustomStringConvertible {
    enum Event: String, CaseIterable {
        case coordinatorDies, candidateDies, candidateHostDies, oldReturns
    }

    enum Moment: String, CaseIterable { case before, amid, after }

    var event: Event
    var stage: Int
    var moment: Moment

    var description: String { "\(event.rawValue) \(moment.rawValue) stage \(stage)" }

    /// Everything that can happen to a plan of so many stages.
    static func all(stages: Int) -> [Interruption] {
        (0..<stages).flatMap { stage in
            Event.allCases.flatMap { event in
                Moment.allCases.map { Interruption(event: event, stage: stage, moment: $0) }
            }
        }
    }
}

/// Replaces the primary of a model by the very decisions of planner, rules and runner, and disturbs that.
struct FailoverReplay {
    private(set) var site: ModelSite
    let loss: ModelLoss
    let interruptions: [Interruption]
    /// What was wrong after a step.
    private(set) var found: [String] = []
    private(set) var refusals: [PlanRefusal] = []
    /// From whom to whom the role was to move when the last coordinator died.
    private var left: (from: HostName, to: HostName)?

    init(
        hosts: Int, _ loss: ModelLoss, _ interruptions: [Interruption], using generator: SeededGenerator
    ) {
        self.loss = loss
        self.interruptions = interruptions
        site = ModelSite(.healthy(hosts: hosts), using: generator)
        site.failover.isWatched = true
        site.failover.isOnly = interruptions.allSatisfy {
            $0.event == .coordinatorDies || $0.event == .oldReturns
        }
        site.publish()
    }

    /// The failover, what the managers do while the faults last, and then whole hosts again.
    mutating func run() {
        site.serve(12)
        site.lose(loss)
        attempt(interruptions)
        for _ in 0..<2 { settle() }
        if writers.isEmpty, site.servers[site.snapshot.primary ?? ""]?.isRunning == true, site.hasMajority,
            site.mayOpen(site.snapshot.primary ?? ""), refusals.isEmpty
        {
            found.append("nobody takes writes, and nothing says why")
        }
        for host in site.snapshot.shape.hosts { site.heal(host) }
        for _ in 0..<3 { settle() }
        found += site.violations
        finish()
    }

    private var writers: [HostName] { site.servers.filter { !$0.value.readOnly }.keys.sorted() }

    /// What rules and managers do when no operation runs.
    private mutating func settle() {
        site.recover()
        site.watch()
        check("by themselves")
        guard site.hasMajority else { return }
        if let move = left,
            let plan = FailoverPlanner.remainder(from: move.from, to: move.to, in: site.observed)
        {
            perform(plan, [], isDecided: true)
        } else if Rules.verdicts(failingOverIn: site.observed, now: WallTime(milliseconds: 1_000_000)).allHold
            || isDeclared
        {
            attempt([])
        }
        site.rejoin()
        site.recover()
        site.watch()
    }

    /// An operator types it again.
    private var isDeclared: Bool {
        guard loss == .declared, let primary = site.snapshot.primary else { return false }
        return site.snapshot.record(of: primary).state == .failed
    }

    private mutating func attempt(_ interruptions: [Interruption]) {
        guard site.hasMajority else { return }
        do throws(PlanRefusal) {
            perform(
                try FailoverPlanner.plan(target: nil, in: site.observed, force: false), interruptions,
                isDecided: false)
        } catch {
            refusals.append(error)
        }
    }

    private mutating func perform(_ plan: Plan, _ interruptions: [Interruption], isDecided: Bool) {
        var course = PlanCourse(plan, isDecided: isDecided)
        var number = 0
        site.failover.hasFailed = false
        site.snapshot.operation = .sample
        defer { site.snapshot.operation = nil }
        while let stage = course.stage {
            left = (course.plan.from, course.plan.to)
            let now = interruptions.filter { $0.stage == number }
            for each in now where each.moment == .before {
                guard happens(each, course.plan) else { return }
            }
            course.begin()
            let isCutShort = now.contains { $0.moment == .amid }
            for step in stage { site.take(step, limit: isCutShort ? 1 : .max) }
            for each in now where each.moment == .amid {
                guard happens(each, course.plan) else { return }
                for step in stage { site.take(step) }
            }
            check("after \(stage.map(\.word).joined(separator: " and "))")
            if site.failover.hasFailed, !course.isDecided {
                if let refusal = site.failover.refusal { refusals.append(refusal) }
                site.failover.refusal = nil
                site.failover.rest = nil
                for step in course.wayBack { site.take(step) }
                return check("taken back")
            }
            if let rest = site.failover.rest { course.turn(to: rest.to, rest.stages) }
            site.failover.rest = nil
            course.end()
            for each in now where each.moment == .after {
                guard happens(each, course.plan) else { return }
            }
            number += 1
        }
        left = nil
    }

    /// - Returns: false where the coordinator is gone.
    private mutating func happens(_ interruption: Interruption, _ plan: Plan) -> Bool {
        switch interruption.event {
        case .coordinatorDies: return false
        case .candidateDies: site.die(plan.to)
        case .candidateHostDies: site.die(plan.to, withHost: true)
        case .oldReturns: site.heal(plan.from)
        }
        return true
    }

    /// What must hold at every moment.
    private mutating func check(_ when: String) {
        let open = writers
        if open.count > 1 { found.append("\(open) take writes \(when)") }
        for host in open where host == site.snapshot.primary {
            let log = site.servers[host]?.log ?? []
            let missing = site.acknowledged.filter { !log.contains($0) }
            if !missing.isEmpty { found.append("\(host) takes writes \(when) and lacks \(missing)") }
        }
        if let host = open.first, host != site.snapshot.primary, site.snapshot.operation == nil {
            found.append("\(host) takes writes \(when), and is not the primary")
        }
    }

    /// What must hold when every host is whole again.
    private mutating func finish() {
        guard let primary = site.snapshot.primary else { return found.append("there is no primary") }
        if writers != [primary] { found.append("\(writers) take writes, and \(primary) is the primary") }
        let log = site.servers[primary]?.log ?? []
        if log.filter(Set(site.acknowledged).contains) != site.acknowledged {
            found.append("of \(site.acknowledged) the primary has \(log)")
        }
        for (host, server) in site.servers where site.snapshot.record(of: host).role == .replica {
            if !log.starts(with: server.held) {
                found.append("\(host) has \(server.held), the primary \(log)")
            }
        }
        if site.routers.values.contains(where: { $0.isHeld || $0.target != primary }) {
            found.append("a router holds, or leads elsewhere")
        }
    }
}
