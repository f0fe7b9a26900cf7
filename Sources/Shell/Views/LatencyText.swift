/// Seconds with three decimals, as the classic output has them: `0.921`, `-1.000`.
package enum LatencyText {
    package static func of(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds.magnitude < 1e12 else { return "-1.000" }
        let thousandths = Int64((seconds * 1000).rounded(.toNearestOrEven))
        let sign = thousandths < 0 ? "-" : ""
        let fraction = String(thousandths.magnitude % 1000)
        return sign + String(thousandths.magnitude / 1000) + "."
            + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
