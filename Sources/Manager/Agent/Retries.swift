import Synchronization

/// How often a connection that an error has stopped is started again.
///
/// A source that lacks the place where a connection wants to go on refuses it each time, within a millisecond; and where
/// there is no room for a transaction, there will hardly be any at once.
final class Retries: Sendable {
    static let pause = Duration.seconds(10)

    private let last = Mutex<[String: ContinuousClock.Instant]>([:])

    /// Whether it is time for another attempt, which then counts as made.
    func take(_ name: String, at now: ContinuousClock.Instant = .now) -> Bool {
        last.withLock { last in
            if let before = last[name], before.duration(to: now) < Self.pause { return false }
            last[name] = now
            return true
        }
    }
}
