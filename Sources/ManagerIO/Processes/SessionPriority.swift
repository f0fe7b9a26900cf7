import Glibc

/// How early the processes of one session get a processor that other sessions want too.
///
/// Linux may schedule session against session: a `nice` value then holds among the processes of one session only, and
/// the session has a value of its own (sched(7), "The autogroup feature"). Where a service manager keeps control groups,
/// a unit's weight holds instead, and this is without effect.
package enum SessionPriority {
    /// Gives a session the value that its leader has.
    ///
    /// Where that is not allowed, or sessions are not told apart, it stays as it is.
    /// - Parameter leader: no other process will do: the session of a terminal is an operator's.
    package static func follow(_ leader: pid_t) {
        guard getsid(leader) == leader else { return }
        let file = open("/proc/\(leader)/autogroup", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        let value = Array("\(getpriority(Int32(PRIO_PROCESS.rawValue), UInt32(leader)))".utf8)
        _ = write(file, value, value.count)
    }
}
