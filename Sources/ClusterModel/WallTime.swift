/// An instant of the wall clock, in milliseconds since 1970-01-01 00:00 UTC.
///
/// For people and for comparing samples of different hosts; deadlines use a monotonic clock.
package struct WallTime: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Seconds from `earlier` to this instant; negative where this one is earlier.
    package func seconds(since earlier: WallTime) -> Double {
        Double(milliseconds - earlier.milliseconds) / 1000
    }

    package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
}

extension WallTime: Codable {
    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}
