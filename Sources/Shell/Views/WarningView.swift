import ClusterModel

/// What a reader must know before they believe a status.
enum WarningView {
    /// Seconds after which a view counts as old; managers confirm it every second.
    private static let oldAge = 5.0

    static func lines(_ status: SiteStatus, time: TimeText) -> [String] {
        var lines: [String] = []
        let age = LatencyText.of(status.age)
        if !status.quorum {
            lines.append(
                "WARNING: the manager of '\(status.answeredBy)' reaches no majority of site "
                    + "'\(status.site)': what follows is \(age) seconds old")
        } else if status.age > oldAge {
            lines.append("WARNING: what follows is \(age) seconds old")
        }
        if let operation = status.operation {
            lines.append(
                "NOTE: '\(SafeLine.of(operation.command))' is running, led by '\(operation.coordinator)', "
                    + "since \(time(operation.startedAt))")
        }
        return lines
    }
}
