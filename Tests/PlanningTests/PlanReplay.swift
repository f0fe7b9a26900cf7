import ClusterModel
import ClusterTestKit
import Planning

/// How a run of a plan is disturbed.
enum Disturbance: Hashable, CustomStringConvertible {
    case none
    /// The coordinator dies at a stage, which has been done on so many hosts.
    case death(stage: Int, hosts: Int)
    /// A stage fails, done or not; the coordinator takes everything back, and may die after so many steps of that.
    case failure(stage: Int, isDone: Bool, undone: Int?)
    /// The candidate comes too late so often, and it goes back so far; then the coordinator dies at a stage, or nothing
    /// happens any more.
    case late(times: Int, Retreat, death: Int?)
    /// Whether the site has agreed is never learned.
    case unknown(isDone: Bool)

    var description: String {
        switch self {
        case .none: "undisturbed"
        case .death(let stage, let hosts): "death at stage \(stage), done on \(hosts) hosts"
        case .failure(let stage, let isDone, let undone):
            "stage \(stage) fails, \(isDone ? "done" : "not done"), "
                + (undone.map { "death after \($0) steps back" } ?? "taken back")
        case .late(let times, let retreat, let death):
            "\(times) times late, back to \(retreat.rawValue)"
                + (death.map { ", then death at stage \($0)" } ?? "")
        case .unknown(let isDone): "an unknown decision, \(isDone ? "made" : "not made")"
        }
    }

    /// All that can happen to a plan.
    static func all(of plan: Plan) -> [Disturbance] {
        var all: [Disturbance] = [.none, .unknown(isDone: true), .unknown(isDone: false)]
        for stage in plan.stages.indices {
            all += [
                .death(stage: stage, hosts: 0), .death(stage: stage, hosts: 1),
                .death(stage: stage, hosts: .max),
            ]
            for isDone in [false, true] {
                all.append(.failure(stage: stage, isDone: isDone, undone: nil))
                for undone in [0, 1, 3] { all.append(.failure(stage: stage, isDone: isDone, undone: undone)) }
            }
        }
        for retreat in Retreat.allCases {
            guard let stages = plan.stages(of: retreat) else { continue }
            all += [1, 2, 3].map { .late(times: $0, retreat, death: nil) }
            for stage in stages.lowerBound..<plan.stages.count {
                all.append(.late(times: 2, retreat, death: stage))
            }
        }
        return all
    }
}

/// Runs a plan on a model of its site by the very decisions of the managers' runner, and disturbs it.
struct PlanReplay {
    let plan: Plan
    let disturbance: Disturbance
    private(set) var site: ModelSite
    private(set) var isDecided = false
    private var late = 0

    init(
        _ plan: Plan, on snapshot: SiteSnapshot, _ disturbance: Disturbance, using generator: SeededGenerator
    ) {
        self.plan = plan
        self.disturbance = disturbance
        site = ModelSite(snapshot, using: generator)
    }

    /// Runs it, and then whatever the managers do when it is over.
    mutating func run() {
        perform()
        site.recover()
    }

    private mutating func perform() {
        var course = PlanCourse(plan)
        var number = 0
        while let stage = course.stage {
            let index = number
            course.begin()
            let decides = course.decides
            switch disturbance {
            case .death(index, let hosts):
                return take(stage, hosts)
            case .late(let times, _, index) where late >= times:
                return take(stage, 1)
            case .failure(index, let isDone, let undone) where !course.isDecided && !(decides && isDone):
                take(stage, isDone ? .max : 0)
                return back(course.wayBack, undone ?? .max)
            case .failure(index, let isDone, _) where course.isDecided:
                take(stage, isDone ? .max : 0)
            case .unknown(let isDone) where decides:
                take(stage, isDone ? .max : 0)
                if isDone { isDecided = true }
                // Neither server is opened: the records decide.
                return site.take(.thaw(plan.from))
            case .late(let times, let retreat, _)
            where late < times && stage.contains { $0.word == "catch-up" }:
                late += 1
                back(course.way(back: retreat) ?? [], .max)
                course.goBack(retreat)
                number = plan.stages(of: retreat)?.lowerBound ?? 0
                continue
            default:
                take(stage, .max)
            }
            course.end()
            isDecided = course.isDecided
            number += 1
        }
    }

    private mutating func take(_ stage: [PlanStep], _ hosts: Int) {
        for step in stage {
            site.take(step, limit: hosts)
            if step.isPointOfNoReturn, hosts > 0 { isDecided = true }
        }
    }

    private mutating func back(_ steps: [PlanStep], _ count: Int) {
        for step in steps.prefix(count) { site.take(step) }
    }
}
