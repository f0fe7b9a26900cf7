import Synchronization

/// Which endpoint is asked first: the first of the list, wherever it answers.
///
/// That is the member on the own host: nearer than the others, and not lost with another host. One that has failed is
/// tried again a while later, by calls that may be repeated; until it has answered, another is asked first.
final class Preferred: Sendable {
    private struct State {
        /// Of the endpoint that is asked first, in the list.
        var index = 0
        var leftFirst: ContinuousClock.Instant?
        var absence = Preferred.shortest
    }

    /// How long the first endpoint is left alone after a failure; each failure soon after doubles it.
    static let shortest = Duration.seconds(1)
    static let longest = Duration.seconds(5)

    private let state = Mutex(State())

    /// The endpoints in the order in which they are asked.
    /// - Parameter triesFirst: whether the first endpoint may be tried again: a call that may not be repeated must not
    ///   be spent on that.
    func order(_ endpoints: [String], triesFirst: Bool, now: ContinuousClock.Instant = .now) -> [String] {
        let first = state.withLock { state in
            guard triesFirst, let left = state.leftFirst, now >= left + state.absence else {
                return state.index
            }
            return 0
        }
        return Array(endpoints[first...] + endpoints[..<first])
    }

    /// Prefers the endpoint after `endpoint`, which has failed.
    func leave(_ endpoint: String, of endpoints: [String], now: ContinuousClock.Instant = .now) {
        guard let failed = endpoints.firstIndex(of: endpoint) else { return }
        state.withLock { state in
            if failed == 0 {
                let wasShort = state.leftFirst.map { now < $0 + state.absence + Self.longest } ?? false
                state.absence = wasShort ? min(state.absence * 2, Self.longest) : Self.shortest
                state.leftFirst = now
            }
            if state.index == failed { state.index = (failed + 1) % endpoints.count }
        }
    }

    /// Prefers the first endpoint again where it has answered.
    func stay(_ endpoint: String, of endpoints: [String]) {
        guard endpoint == endpoints.first else { return }
        state.withLock { $0.index = 0 }
    }

    /// Whether the first endpoint is preferred, and `endpoint` is another.
    func isBetter(than endpoint: String, of endpoints: [String]) -> Bool {
        endpoint != endpoints.first && state.withLock { $0.index == 0 }
    }
}
