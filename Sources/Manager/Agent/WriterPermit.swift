import Synchronization

/// Until when this host's server may take writes.
///
/// The host's lease in etcd is the writer's lease: as long as the key under it exists, nobody else is promoted without
/// having fenced this server first. So the permit ends by this host's own clock before the lease can end elsewhere,
/// and what takes writes without it is fenced here. The clock is the one that goes on while a process is frozen or a
/// machine sleeps, and that no administrator sets (`CLOCK_BOOTTIME`).
package final class WriterPermit: Sendable {
    private struct State {
        var renewed: ContinuousClock.Instant?
        /// The site's records were read after this host's key was written under the present lease.
        var isCurrent = false
        /// The last renewal under which the server might take writes; a new lease does not count before its grant.
        var last: ContinuousClock.Instant?
    }

    /// Seconds without a sign of life after which a host counts as gone.
    package let leaseSeconds: Int
    private let started = ContinuousClock.now
    private let state = Mutex(State())

    package init(leaseSeconds: Int) { self.leaseSeconds = leaseSeconds }

    /// How long after the last confirmed renewal the server is closed: the rest of the lease's time is for the
    /// statements that do it.
    package var limit: Duration { .milliseconds(leaseSeconds * 700) }

    /// How long those statements may take still before the server's process is ended, within the lease's time.
    ///
    /// Where that is over, a tenth of the lease: who was frozen for so long may find another primary, and replicas that
    /// have left, so that commits wait and statements close nothing. A server that served on while its manager was
    /// frozen is closed and opened again in milliseconds.
    var timeLeft: Duration {
        let last = state.withLock { $0.last } ?? started
        return max(
            .milliseconds(leaseSeconds * 100), .milliseconds(leaseSeconds * 900) - last.duration(to: .now))
    }

    /// Whether writes may be taken now.
    package var isValid: Bool {
        state.withLock { state in
            guard state.isCurrent, let renewed = state.renewed else { return false }
            return renewed.duration(to: .now) < limit
        }
    }

    /// Whether a server that takes writes must be closed.
    ///
    /// A manager that has just been started is given the time to get its lease: its server took writes under the
    /// lease of the manager before it.
    var mustFence: Bool { !isValid && started.duration(to: .now) > limit }

    /// The lease was confirmed by a majority; `asked` is when this host asked, not when the answer came.
    func renew(asked: ContinuousClock.Instant) {
        state.withLock { state in
            state.renewed = asked
            if state.isCurrent { state.last = asked }
        }
    }

    /// This host's key is in etcd under the present lease, and what the site has agreed on was read after that: a
    /// promotion elsewhere came before and was seen, or finds the key.
    func grant() {
        state.withLock { state in
            state.isCurrent = true
            state.last = state.renewed
        }
    }

    /// The lease is gone, or may be.
    func end() { state.withLock { $0 = State(last: $0.last) } }
}
