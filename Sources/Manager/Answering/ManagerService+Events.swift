import AdminProtocol
import ClusterModel
import Planning
import Synchronization

/// `site.events`: what the board sees, told to one client.
extension ManagerService {
    /// The longest that one call may listen, in seconds.
    private static let longest = 3600
    /// Lines of one look.
    private static let most = 50

    func events(
        _ call: EventsCall, to caller: Caller, _ tell: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Outcome {
        let seconds = call.seconds ?? Self.longest
        guard (1...Self.longest).contains(seconds) else {
            throw Refusal(.badArgument, "events can be listened to for 1 to \(Self.longest) seconds")
        }
        guard listeners.add(caller.address) else {
            throw Refusal(
                .busy, "this session listens to events already", hint: "session.cancel ends the other request"
            )
        }
        defer { listeners.remove(caller.address) }
        var look = Look(board)
        let end = ContinuousClock.now + .seconds(seconds)
        // Changes are merged while a line is being told: nothing is queued, whatever the client's pace.
        let changes = board.changes()
        await withDiscardingTaskGroup { group in
            let ticks = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            group.addTask {
                for await _ in changes { ticks.continuation.yield() }
            }
            // A majority that is lost makes no change of its own.
            group.addTask {
                while !Task.isCancelled, ContinuousClock.now < end {
                    try? await Task.sleep(for: .milliseconds(500))
                    ticks.continuation.yield()
                }
                ticks.continuation.finish()
            }
            for await _ in ticks.stream {
                let lines = look.again(board)
                lines.prefix(Self.most).forEach(tell)
                if lines.count > Self.most { tell("... AND \(lines.count - Self.most) MORE") }
                if ContinuousClock.now >= end { break }
            }
            group.cancelAll()
        }
        return Outcome(lines: [])
    }
}

/// The last look at a site, to be compared with the next.
private struct Look {
    private var snapshot: SiteSnapshot
    private var hasQuorum: Bool
    /// Entries of the journal whose end is known.
    private var ended: Set<String>

    init(_ board: SiteBoard) {
        snapshot = board.snapshot
        hasQuorum = board.hasQuorum
        ended = Set(board.journal.newestFirst.filter { $0.endedAt != nil }.map(\.id))
    }

    mutating func again(_ board: SiteBoard) -> [String] {
        let before = self
        // A view that is being loaded anew is no news.
        guard board.isLoaded else { return [] }
        snapshot = board.snapshot
        hasQuorum = board.hasQuorum
        var lines = SiteEvents.between(before.snapshot, snapshot)
        // Records and rules have lines of their own; operations tell how they ended.
        let entries = board.journal.newestFirst.filter { $0.endedAt != nil }
        ended = Set(entries.map(\.id))
        for entry in entries.reversed()
        where !before.ended.contains(entry.id) && entry.by != OperationRecord.rules {
            lines.append(
                "OPERATION \(entry.id) ENDS: \(entry.result.rawValue) (\(entry.command) by \(entry.by))")
        }
        if before.hasQuorum != hasQuorum { lines.append(hasQuorum ? "QUORUM REGAINED" : "QUORUM LOST") }
        return lines
    }
}

/// Sessions that listen to events, by the address of their other end.
final class Listeners: Sendable {
    private let addresses = Mutex<Set<String>>([])

    /// False where the session listens already.
    func add(_ address: String) -> Bool { addresses.withLock { $0.insert(address).inserted } }

    func remove(_ address: String) { addresses.withLock { _ = $0.remove(address) } }
}
