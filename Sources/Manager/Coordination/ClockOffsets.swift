/// By how much another host's clock is ahead of this one's, in seconds.
///
/// A report says when it was made, by the clock over there. It arrives a little later, so that every sample seems to be
/// behind by its way: the one that came fastest is the best, and of one alone nothing is said.
struct ClockOffsets: Sendable {
    private static let count = 8

    private var samples: [Double] = []

    /// Takes a sample: the report's own time less the time of its arrival.
    mutating func note(_ ahead: Double) { samples = samples.suffix(Self.count - 1) + [ahead] }

    /// Nil where too little was heard.
    var ahead: Double? { samples.count < Self.count ? nil : samples.max() }
}
