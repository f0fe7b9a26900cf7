import Synchronization

/// Tells what is said for the first time from what is said again and again: managers whose certificate has expired try
/// twenty times a second, and a log must have room for something else.
final class RepeatedComplaints: Sendable {
    private static let pause = Duration.seconds(60)
    /// Who comes from everywhere does not fill the memory.
    private static let most = 100
    private let last = Mutex<[String: ContinuousClock.Instant]>([:])

    /// Whether it was not said within the last minute; it counts as said now if so.
    func isNew(_ complaint: String, at now: ContinuousClock.Instant = .now) -> Bool {
        last.withLock { last in
            if let said = last[complaint], said.duration(to: now) < Self.pause { return false }
            if last.count >= Self.most { last.removeAll() }
            last[complaint] = now
            return true
        }
    }
}
