/// When one client of a load with a rate writes: at moments of a grid of its own, evenly between those of the others.
///
/// What a switch or a slow server held up is skipped, not made up for in a burst, and the client goes on at its next
/// moment. Were it to go on at once, all clients that waited together would write together from then on, with silence
/// in between that is no gap of the cluster.
package struct Pace: Sendable {
    private let interval: Duration
    /// The next moment.
    package private(set) var due: ContinuousClock.Instant

    /// - Parameter interval: the time between two writes of one client.
    package init(
        client: Int, of clients: Int, every interval: Duration, from start: ContinuousClock.Instant = .now
    ) {
        self.interval = interval
        due = start + interval * client / clients
    }

    /// Goes to the next moment of the grid that has not passed.
    package mutating func advance(_ now: ContinuousClock.Instant = .now) {
        let late = max(.zero, due.duration(to: now))
        due += interval * (Int(late / interval) + 1)
    }
}
