import ClusterModel

/// How long the parts of an operation took, for its journal.
struct StopWatch: Sendable {
    private var last = ContinuousClock.now
    private var laps: [String] = []

    /// Ends a part.
    mutating func lap(_ name: String) {
        let now = ContinuousClock.now
        let milliseconds = last.duration(to: now).inMilliseconds
        laps.append("\(name) \((milliseconds * 10).rounded() / 10) ms")
        last = now
    }

    var line: String { "TOOK: \(laps.joined(separator: ", "))" }
}
