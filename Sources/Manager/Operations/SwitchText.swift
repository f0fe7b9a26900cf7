import ClusterModel
import Glibc
import Planning

/// Lines of the classic switch that need formatting (facts 2.5).
enum SwitchText {
    static func evaluating(_ candidate: Candidate) -> String {
        "EVALUATING SLAVE: \(candidate.host)(stored=\(candidate.stored), applied=\(candidate.applied),"
            + " latency=\(thousandths(candidate.latency)), datasource-group-id=0)"
    }

    static func savepoint(_ operation: String, cluster: SiteName, source: HostName, at time: WallTime)
        -> String
    {
        "Savepoint switch_\(operation)(cluster=\(cluster), source=\(source), created=\(utc(time)) UTC) created"
    }

    /// Three decimals, as the classic output has them.
    static func thousandths(_ seconds: Double) -> String {
        let value = Int64((abs(seconds) * 1000).rounded())
        let fraction = String(value % 1000)
        return (seconds < 0 ? "-" : "") + "\(value / 1000)."
            + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    /// `yyyy/MM/dd HH:mm:ss`.
    static func utc(_ time: WallTime) -> String {
        var seconds = time_t(time.milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(parts.tm_year + 1900)/\(two(parts.tm_mon + 1))/\(two(parts.tm_mday))"
            + " \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }
}
