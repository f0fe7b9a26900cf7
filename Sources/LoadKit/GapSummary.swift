/// The gaps of many switches in a few figures, in milliseconds.
package struct GapSummary: Sendable, CustomStringConvertible {
    private let gaps: [Double]

    package init(_ gaps: [Double]) { self.gaps = gaps.sorted() }

    package var count: Int { gaps.count }

    /// The least gap that `share` of all do not pass (the nearest rank); nil without any.
    package func percentile(_ share: Double) -> Double? {
        let rank = Int((share * Double(gaps.count)).rounded(.up))
        return gaps.isEmpty ? nil : gaps[min(max(rank, 1), gaps.count) - 1]
    }

    package var description: String {
        let figures: [(String, Double)] = [("median", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1)]
        return figures.map { name, share in
            "\(name) \(percentile(share).map { "\(($0 * 10).rounded() / 10)" } ?? "-")"
        }.joined(separator: "  ")
    }
}
