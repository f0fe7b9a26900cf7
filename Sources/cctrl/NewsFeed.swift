import AdminClient
import AdminProtocol
import ClusterModel
import Glibc

/// Brings a site's status while a prompt waits; never waits itself.
protocol NewsFeed: AnyObject {
    /// Milliseconds until it wants to be looked at, though nothing has come.
    var patience: Int32 { get }
    /// Begins anew, with the status as soon as it comes.
    func restart()
    /// Takes what has come, and asks for what is due.
    ///
    /// - Returns: the newest status that has come; nil where none has.
    /// - Throws: where the manager is lost.
    func look(at connection: AdminConnection) throws(Refusal) -> SiteStatus?
}

/// Asks for the whole status every two seconds.
final class StatusPolling: NewsFeed {
    private static let interval = 2000
    /// Milliseconds after which a manager that has not answered counts as lost.
    private static let longest = 10_000
    private var dueAt = 0
    private var askedAt = 0

    var patience: Int32 { Int32(clamping: max(0, dueAt - MonotonicClock.milliseconds)) }

    func restart() { dueAt = MonotonicClock.milliseconds }

    func look(at connection: AdminConnection) throws(Refusal) -> SiteStatus? {
        var status: SiteStatus?
        do throws(Refusal) {
            status = try connection.takeReply(as: SiteStatus.self)
        } catch {
            // A refusal of the manager's leaves the connection standing: it is asked again when it is due.
            guard connection.isOpen else { throw error }
        }
        let now = MonotonicClock.milliseconds
        guard now >= dueAt else { return status }
        dueAt = now + Self.interval
        if connection.awaitsReply {
            guard now - askedAt < Self.longest else {
                throw Refusal(.timedOut, "the manager does not answer")
            }
        } else {
            askedAt = now
            try connection.post(StatusCall())
        }
        return status
    }
}

/// Time that only goes forward.
enum MonotonicClock {
    static var milliseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
