/// Tells when a lease is over by the clock of etcd's leader.
///
/// Etcd itself looks twice a second only, and a failover waits for that. Past its end a lease is renewed no more
/// (etcd 3.4, `lessor.Renew`), so whoever knows that it is past may end it as etcd would. What is left is told in whole
/// seconds: nothing twice, with more than the last second between, is past the end, unless it was renewed to two seconds
/// at least meanwhile, which looks that come closer together would have seen.
struct LeaseEnd: Sendable {
    /// Looks that lie farther apart may have missed a renewal.
    static let longestPause = Duration.milliseconds(800)

    private var lease: Int64?
    /// When a first look had found the last second.
    private var since: ContinuousClock.Instant?
    private var asked: ContinuousClock.Instant?

    /// - Parameters:
    ///   - asked: when the look began.
    ///   - answered: when it ended.
    /// - Returns: whether the lease is over.
    mutating func isOver(
        _ seen: HostLease, asked: ContinuousClock.Instant, answered: ContinuousClock.Instant
    ) -> Bool {
        let pause = self.asked?.duration(to: asked) ?? .zero
        self.asked = asked
        guard seen.secondsLeft <= 0 else {
            since = nil
            return false
        }
        guard seen.id == lease, let since, pause < Self.longestPause else {
            lease = seen.id
            since = answered
            return false
        }
        return since.duration(to: asked) > .seconds(1)
    }
}
