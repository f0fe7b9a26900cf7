import ClusterModel

/// What happens to packets on one way between two hosts.
package struct WireSetting: Sendable, Equatable {
    package var way: NetworkWay
    /// How much longer they take, in microseconds, and by how much that varies.
    package var delay = 0
    package var jitter = 0
    /// The share of them that gets lost, from 0 to 1.
    package var loss = 0.0

    package var isNothing: Bool { delay == 0 && jitter == 0 && loss == 0 }

    package var description: String {
        var parts: [String] = []
        if delay > 0 || jitter > 0 {
            parts.append("delay \(Self.milliseconds(delay))")
            if jitter > 0 { parts.append("give or take \(Self.milliseconds(jitter))") }
        }
        if loss > 0 { parts.append("loss \(Double(Int(loss * 10_000 + 0.5)) / 100)%") }
        return "\(way): " + parts.joined(separator: ", ")
    }

    private static func milliseconds(_ value: Int) -> String {
        value % 1000 == 0 ? "\(value / 1000)ms" : "\(Double(value) / 1000)ms"
    }

    /// Reads `50ms`, `0.5s`, `800us` or `50` (milliseconds), as microseconds.
    package static func microseconds(_ text: String) throws -> Int {
        for (unit, factor) in [("us", 1.0), ("ms", 1000), ("s", 1_000_000), ("", 1000)]
        where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.utf8.count)),
                (0...60_000_000).contains(number * factor)
            else { break }
            return Int(number * factor)
        }
        throw SandboxError("'\(text)' is no time from 0 to 60 seconds", hint: "for example 50ms")
    }

    /// Reads `5%` or `5`, as a share.
    package static func share(_ text: String) throws -> Double {
        guard let number = Double(text.hasSuffix("%") ? text.dropLast() : text[...]),
            (0...100).contains(number)
        else { throw SandboxError("'\(text)' is no share from 0% to 100%", hint: "for example 5%") }
        return number / 100
    }
}
