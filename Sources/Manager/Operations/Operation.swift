import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

/// A change of the site while it runs: its name in the journal, and the lines that the operator sees.
final class Operation: Sendable {
    private struct Course {
        var lines: [String] = []
        var times: [StepTime] = []
        var move: RoleMove?
        var reached: String?
        var journalTime = 0.0
        var foreseen: [Double] = []
        var openSessions = 0
        var sessionsCut = 0
        var transactionsCut = 0
        var attempts = 1
        var held: [RouterHold] = []
        var receipt: SwitchReceipt?
        var isAbortable = false
        var isAborted = false
        /// What a step has found to be the rest of the plan.
        var rest: (to: HostName, stages: [[PlanStep]])?
    }

    let id: String
    /// Of the coordinator that began it, and of no other: whoever has taken over since has begun anew.
    var epoch: Int64 { Self.epoch(of: id) ?? 0 }
    let command: String
    let by: String
    let coordinator: HostName
    let startedAt = WallTime.now
    private let began = ContinuousClock.now
    private let course = Mutex(Course())
    /// Writes while a switch runs.
    let canary = Mutex<Canary?>(nil)
    /// Where the old primary stood when it was frozen; nothing comes after it.
    let frozenAt = Mutex(GTIDPosition())
    /// When the freeze was begun.
    let frozenSince = Mutex(ContinuousClock.now)
    /// Of a failover.
    let findings = Mutex(FailoverFindings())
    let scribe = Scribe()
    private let progress: @Sendable (String) -> Void

    init(
        id: String, command: String, by: String, coordinator: HostName,
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.id = id
        self.coordinator = coordinator
        self.command = command
        self.by = by
        self.progress = progress
    }

    /// The epoch under which the operation of this name was begun; nil where it is no operation's name.
    static func epoch(of id: String) -> Int64? { Int64(id.prefix { $0 != "-" }) }

    /// One line of the classic output, as it comes.
    func say(_ line: String) {
        course.withLock { $0.lines.append(line) }
        progress(line)
    }

    /// It may be aborted from its first moment on, before there is a plan.
    func permitsAbort() { course.withLock { $0.isAbortable = true } }

    /// The plan that runs now.
    func begins(_ plan: Plan, isDecided: Bool) {
        course.withLock { course in
            course.move = RoleMove(from: plan.from, to: plan.to)
            course.isAbortable = !isDecided
        }
    }

    /// A step has found who is to be the primary, and what is to follow.
    func turns(to candidate: HostName, _ rest: [[PlanStep]]) {
        course.withLock { course in
            course.rest = (candidate, rest)
            course.move?.to = candidate
        }
    }

    /// What `turns` has brought, once.
    func takeTurn() -> (to: HostName, stages: [[PlanStep]])? {
        course.withLock { course in
            defer { course.rest = nil }
            return course.rest
        }
    }

    /// Which role moves; nil before a plan begins.
    var move: RoleMove? { course.withLock { $0.move } }

    /// How long the steps took, one line for the terminal.
    var timeLine: String {
        func text(_ value: Double) -> String { "\((value * 10).rounded() / 10) ms" }
        let times = course.withLock { $0.times }
        return "TOOK: \(times.map { "\($0.step) \(text($0.milliseconds))" }.joined(separator: ", "))"
    }

    func reaches(_ stage: [PlanStep]) { reaches(stage.map(\.word).joined(separator: " and ")) }

    func reaches(_ word: String) { course.withLock { $0.reached = word } }

    /// Notes when a step began, and how long it took.
    func took(_ step: PlanStep, _ milliseconds: Double, since start: ContinuousClock.Instant) {
        took(step.word, milliseconds, since: start)
    }

    func took(_ word: String, _ milliseconds: Double, since start: ContinuousClock.Instant) {
        let offset = began.duration(to: start).inMilliseconds
        course.withLock {
            $0.times.append(StepTime(step: word, milliseconds: milliseconds, began: offset))
        }
    }

    /// Notes that the last steps are taken back and tried again.
    func triesAgain(because reason: Refusal) {
        course.withLock { $0.attempts += 1 }
        say("TRYING AGAIN: \(reason.message)")
    }

    /// What the last entry in the journal took, in milliseconds.
    var journalTime: Double { course.withLock { $0.journalTime } }

    func journaled(in time: Duration) { course.withLock { $0.journalTime = time.inMilliseconds } }

    /// What each attempt that was too slow has foreseen of its rest, in milliseconds.
    var foreseen: [Double] { course.withLock { $0.foreseen } }

    func foresees(_ rest: Double) { course.withLock { $0.foreseen.append(rest) } }

    /// What a step took when it was last done, in milliseconds; 0 where it was not.
    func time(of word: String) -> Double {
        course.withLock { $0.times.last { $0.step == word }?.milliseconds ?? 0 }
    }

    /// Notes how many sessions of clients a drain has left on the old primary.
    func leaves(open sessions: Int) { course.withLock { $0.openSessions = sessions } }

    /// Sessions of clients on the old primary which are cut with the routers' leave.
    var openSessions: Int { course.withLock { $0.openSessions } }

    /// Notes how many connections have waited at the routers.
    func held(_ routers: [RouterHold]) {
        course.withLock { $0.held = routers }
    }

    /// How many of a router's sessions are the operation's own.
    func ownSessions(at router: HostName) -> Int {
        canary.withLock { $0.map { $0.router == router && $0.isConnected } ?? false } ? 1 : 0
    }

    /// Notes sessions that were ended: by routers that left the old primary, or before that on the server.
    func cut(sessions: Int = 0, transactions: Int = 0) {
        course.withLock { course in
            course.sessionsCut += sessions
            course.transactionsCut += transactions
        }
    }

    /// Adds up what a switch that succeeded cost, for the journal and for the operator.
    func writeReceipt(before: GTIDPosition, forecast: Double?, canary: CanaryReport?) {
        let after = frozenAt.withLock { $0 }
        let receipt = course.withLock { course in
            course.receipt = SwitchReceipt(
                steps: course.times, sessionsCut: course.sessionsCut, transactionsCut: course.transactionsCut,
                before: before, after: after, forecast: forecast)
            course.receipt?.held = course.held.isEmpty ? nil : course.held
            course.receipt?.attempts = course.attempts
            course.receipt?.canary = canary
            return course.receipt
        }
        if let receipt { say(receipt.line) }
    }

    /// The entry in the journal as it stands.
    func entry(_ result: OperationRecord.Result) -> OperationRecord {
        course.withLock { course in
            var record = OperationRecord(
                id: id, command: command, by: by, coordinator: coordinator, startedAt: startedAt,
                result: result, lines: course.lines, steps: course.times.isEmpty ? nil : course.times)
            record.move = course.move
            record.reached = course.reached
            record.receipt = course.receipt
            return record
        }
    }

    /// The entry once it has ended.
    func ended(_ result: Result<Outcome, Refusal>) -> OperationRecord {
        var record: OperationRecord
        switch result {
        case .success(let outcome):
            record = entry(.done)
            record.lines += outcome.lines
        case .failure(let refusal):
            record = entry(refusal.code == .outcomeUnknown ? .unknown : isAborted ? .undone : .failed)
            record.lines.append(refusal.message)
        }
        record.endedAt = .now
        return record
    }

    // MARK: abort

    /// Asks the operation to end at its next safe point.
    /// - Returns: false where it cannot be taken back, or not any more.
    func abort() -> Bool {
        course.withLock { course in
            if course.isAbortable { course.isAborted = true }
            return course.isAbortable
        }
    }

    /// Whether it is to be taken back.
    var isAborted: Bool { course.withLock { $0.isAborted } }

    /// From here on it is driven forward.
    /// - Returns: false where it was aborted just before.
    func decide() -> Bool {
        course.withLock { course in
            guard !course.isAborted else { return false }
            course.isAbortable = false
            return true
        }
    }
}
