import ClusterModel
import ClusterTestKit
import Planning
import Testing

/// Every interruption of a way back: whatever happens, nothing that exists only once is thrown away, and nobody is
/// counted on who does not follow.
@Suite struct RejoinReplayTests {
    @Test(arguments: [UInt64](1...12))
    func `a way back that ends anywhere is begun again, and comes to its end`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for number in 0..<60 {
            let world = JoiningHost(using: &generator)
            // Deaths one after the other, each at another step of the recovery that follows.
            for death in 0..<24 {
                var host = world
                var deaths = [death, generator.oneIn(2) ? Int(generator.next() % 24) : nil].compactMap(\.self)
                var runs = 0
                repeat {
                    let last = deaths.isEmpty ? nil : deaths.removeFirst()
                    host.recover(dyingAfter: last)
                    runs += 1
                } while !host.isBack && runs < 5
                let comment: Comment = "seed \(seed), host \(number), death \(death): \(host)"
                #expect(host.isBack, comment)
                #expect(host.violations.isEmpty, comment)
                #expect(host.own.isEmpty && host.lost.isEmpty, comment)
            }
        }
    }

    @Test func `the primary itself is opened as it is, and needs no judgement`() {
        var course = RejoinCourse(isPrimary: true)
        var steps: [RejoinStep] = []
        while let next = course.next {
            steps.append(next)
            course.take(.done)
        }
        #expect(steps == [.mend, .start, .takeBack] && course.reason == nil)
    }

    @Test func `who is ahead never follows, and is not taken back`() throws {
        var course = RejoinCourse(isPrimary: false)
        course.take(.done)
        course.take(.done)
        let tail = Divergence.Tail(domain: 1, after: nil, ends: [try #require(GTID("1-101-7"))])
        course.take(.judged(.ahead(tail)))
        #expect(course.next == nil && course.reason == .ahead(tail))
    }

    @Test func `what belongs to another step changes nothing`() {
        var course = RejoinCourse(isPrimary: false)
        let before = course
        course.take(.followed(nil))
        course.take(.judged(.clean))
        #expect(course == before)
    }
}

/// A host that was out of its site, with what its recovery changes.
private struct JoiningHost: CustomStringConvertible {
    private enum Exchange { case none, half }

    /// Transactions that no other server has.
    private(set) var own: Set<Int>
    /// Those of them that a start takes back, after a crash.
    private let takenBack: Set<Int>
    private var saved: Set<Int> = []
    private(set) var lost: Set<Int> = []
    private var isRunning: Bool
    private var exchange: Exchange
    private var copyLies: Bool
    private var mayFollow: Bool
    private var follows = false
    private var isReplica: Bool
    private var isOnline = false
    private var isHeld = false
    private(set) var violations: [String] = []
    private var steps = 0

    init(using generator: inout SeededGenerator) {
        let count = generator.oneIn(2) ? 0 : Int(generator.next() % 4)
        own = Set(0..<count)
        isRunning = generator.oneIn(2)
        takenBack = !isRunning && generator.oneIn(2) ? own : []
        exchange = generator.oneIn(4) ? .half : .none
        copyLies = false
        // The source may have thrown away what it would have to send.
        mayFollow = !generator.oneIn(3)
        isReplica = generator.oneIn(2)
        if exchange == .half { isRunning = false }
    }

    var isBack: Bool { isOnline && follows && isReplica && isRunning && !isHeld }

    var description: String {
        "own \(own), lost \(lost), running \(isRunning), exchange \(exchange), follows \(follows), "
            + "online \(isOnline), \(violations)"
    }

    /// One recovery; its coordinator dies after so many changes.
    mutating func recover(dyingAfter limit: Int?) {
        steps = limit ?? .max
        guard let reason = walk(RejoinCourse(isPrimary: false)) else { return }
        if case .ahead = reason, !change({ $0.saved.formUnion($0.own) }) { return }
        // Taken out, then copied beside its data.
        guard change({ $0.isOnline = false }), change({ $0.copyLies = true }) else { return }
        _ = walk(.copied)
    }

    /// - Returns: why it needs a copy.
    private mutating func walk(_ first: RejoinCourse) -> RejoinPlanner.Reason? {
        var course = first
        while let step = course.next {
            guard let outcome = take(step) else { return nil }
            course.take(outcome)
        }
        return course.reason
    }

    private mutating func take(_ step: RejoinStep) -> RejoinCourse.Outcome? {
        switch step {
        case .mend: return change { $0.exchange = .none } ? .done : nil
        case .start:
            guard isRunning || change({ $0.saved.formUnion($0.takenBack.intersection($0.own)) }) else {
                return nil
            }
            return change {
                $0.isRunning = true
                $0.drop($0.takenBack)
            } ? .done : nil
        case .judge:
            let ends = own.isEmpty ? nil : GTID("1-101-\(100 + own.count)")
            return .judged(
                ends.map { .ahead(Divergence.Tail(domain: 1, after: nil, ends: [$0])) } ?? .clean)
        case .hold: return change { $0.isHeld = true } ? .done : nil
        case .exchange:
            // The server stops, its data is exchanged, it starts: it may end in between.
            guard
                change({
                    $0.isRunning = false; $0.exchange = .half; $0.drop($0.own); $0.follows = false
                }),
                change({
                    $0.exchange = .none; $0.isRunning = true; $0.mayFollow = true; $0.copyLies = false
                })
            else { return nil }
            return .done
        case .demote: return change { $0.isReplica = true } ? .done : nil
        case .follow:
            guard mayFollow else {
                var link = LinkReport.following("east2")
                link.receiving = false
                link.receiveError = RejoinPlanner.fatalReadError
                link.errorText = "the log is gone"
                return .followed(link)
            }
            return change { $0.follows = true } ? .followed(nil) : nil
        case .takeBack:
            return change {
                $0.isReplica = true
                $0.isOnline = true
                $0.isHeld = false
            } ? .done : nil
        }
    }

    /// What a server forgets is lost where nobody has saved it.
    private mutating func drop(_ gone: Set<Int>) {
        lost.formUnion(gone.intersection(own).subtracting(saved))
        own.subtract(gone)
    }

    /// - Returns: whether the coordinator lives on.
    private mutating func change(_ body: (inout JoiningHost) -> Void) -> Bool {
        guard steps > 0 else { return false }
        steps -= 1
        body(&self)
        if isOnline, !follows || !own.isEmpty || exchange != .none {
            violations.append("counted on, and it does not follow")
        }
        if !lost.isEmpty { violations.append("lost: \(lost)") }
        return true
    }
}
