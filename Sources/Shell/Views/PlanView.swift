import AdminProtocol
import ClusterModel

/// A command with `--plan`: what it would do, and for a switch what it would meet.
struct PlanView {
    var report: PlanReport

    var lines: [String] {
        var lines = ["PLAN OF '\(SafeLine.of(report.command))': NOTHING IS CHANGED"]
        for (number, step) in report.steps.enumerated() {
            let label = String(number + 1)
            lines.append(
                String(repeating: " ", count: max(0, 4 - label.count)) + "\(label). \(SafeLine.of(step))")
        }
        if !report.records.isEmpty {
            lines += ["", "RECORDS:"]
            lines += Columns.lines(
                report.records.map { record in
                    let before = record.before.isEmpty ? "none" : record.before
                    return [record.key, "\(before) => \(record.after.isEmpty ? "none" : record.after)"]
                }, indent: 2)
        }
        if let forecast = report.forecast { lines += ["", "FORECAST:"] + Self.lines(forecast) }
        if !report.notes.isEmpty { lines += ["", "NOTES:"] + report.notes.map { "  " + SafeLine.of($0) } }
        return lines
    }

    private static func lines(_ forecast: SwitchForecast) -> [String] {
        let latency = forecast.latency < 0 ? "unknown" : "\((forecast.latency * 1000).rounded() / 1000) s"
        let total = forecast.sessions.reduce(0) { $0 + $1.active }
        let routers = forecast.sessions.map { "\($0.active) at connector@\($0.router)" }
        var rows = [
            [
                "candidate:",
                "\(forecast.to) (stored=\(forecast.stored), applied=\(forecast.applied), latency \(latency))",
            ],
            ["behind:", "\(forecast.missing) transactions of \(forecast.from)"],
            [
                "sessions:",
                "\(total) on \(forecast.from) would be cut, new ones wait"
                    + (routers.isEmpty ? "" : ": \(routers.joined(separator: ", "))"),
            ],
            ["blocking:", forecast.blockers.first ?? "no session"],
        ]
        rows += forecast.blockers.dropFirst().map { ["", $0] }
        rows.append(["gap:", gap(forecast)])
        return Columns.lines(rows, indent: 2)
    }

    private static func gap(_ forecast: SwitchForecast) -> String {
        guard let gap = forecast.gap else { return "not known: the journal has no switch yet" }
        let runs =
            forecast.runs == 1 ? "the last switch took" : "the middle of the last \(forecast.runs) switches"
        return "\((gap * 10).rounded() / 10) ms without writes, \(runs)"
    }
}
