import ClusterModel

/// What one look at a server said.
package struct WritableSample: Sendable {
    package var host: HostName
    /// When the question was sent, and when its answer was there.
    package var asked: ContinuousClock.Instant
    package var answered: ContinuousClock.Instant
    package var isWritable: Bool

    package init(
        host: HostName, asked: ContinuousClock.Instant, answered: ContinuousClock.Instant, isWritable: Bool
    ) {
        self.host = host
        self.asked = asked
        self.answered = answered
        self.isWritable = isWritable
    }
}

/// Two servers of a site that took writes at the same time.
package struct WriterOverlap: Sendable {
    package var hosts: [HostName]
    /// From the first proof to the last.
    package var first: ContinuousClock.Instant
    package var last: ContinuousClock.Instant

    package var milliseconds: Double { first.duration(to: last) / .milliseconds(1) }
}

/// Finds, from looks that are not simultaneous, servers of one site that took writes at the same time.
///
/// Proof: one was seen writable before the other was, and again after it, and never read-only in between. A role that
/// moved between two looks is none.
package struct WriterWatch: Sendable {
    private struct Seen: Sendable {
        /// The end of the first look of the present row of writable ones; nil outside one.
        var since: ContinuousClock.Instant?
        var last: WritableSample?
    }

    private var seen: [HostName: Seen] = [:]
    package private(set) var overlaps: [WriterOverlap] = []

    package init() {}

    /// Hosts that were writable when last seen.
    package var writable: [HostName] { seen.filter { $0.value.since != nil }.keys.sorted() }

    package mutating func forgetOverlaps() { overlaps = [] }

    /// The connection to a server broke: what it was before says nothing of what it is when it is back.
    package mutating func lost(_ host: HostName) { seen[host] = nil }

    package mutating func note(_ sample: WritableSample) {
        guard sample.isWritable else {
            seen[sample.host]?.since = nil
            seen[sample.host]?.last = nil
            return
        }
        let since = seen[sample.host]?.since
        seen[sample.host] = Seen(since: since ?? sample.answered, last: sample)
        guard let since else { return }
        for (host, other) in seen where host != sample.host {
            guard let last = other.last, last.asked >= since, last.answered <= sample.asked else { continue }
            record([sample.host, host].sorted(), last.asked, sample.answered)
        }
    }

    private mutating func record(
        _ hosts: [HostName], _ first: ContinuousClock.Instant, _ last: ContinuousClock.Instant
    ) {
        // Looks of one overlap come close together.
        if let index = overlaps.lastIndex(where: { $0.hosts == hosts && $0.last + .seconds(1) >= first }) {
            overlaps[index].last = max(overlaps[index].last, last)
        } else {
            overlaps.append(WriterOverlap(hosts: hosts, first: first, last: last))
        }
    }
}
