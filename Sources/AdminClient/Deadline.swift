import Glibc

/// An instant of the monotonic clock after which a wait ends.
struct Deadline {
    private let end: Int

    init(milliseconds: Int) { end = Self.now + milliseconds }

    /// Milliseconds that are left; 0 when it has passed.
    var left: Int32 { Int32(clamping: max(0, end - Self.now)) }

    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}

extension Deadline {
    /// Waits until `descriptor` is ready for `events`.
    func wait(_ descriptor: Int32, _ events: Int32, _ interrupt: Interrupt?) throws(StreamFailure) {
        while true {
            var watched = [pollfd(fd: descriptor, events: Int16(events), revents: 0)]
            for other in interrupt?.descriptors ?? [] {
                watched.append(pollfd(fd: other, events: Int16(POLLIN), revents: 0))
            }
            let remaining = left
            guard remaining > 0 else { throw .timedOut }
            let ready = poll(&watched, nfds_t(watched.count), remaining)
            if ready == 0 { throw .timedOut }
            if ready < 0 {
                if errno == EINTR { continue }
                throw .system(errno)
            }
            if watched[0].revents != 0 { return }
            if let interrupt, interrupt.isRaised() { throw .interrupted }
        }
    }
}
