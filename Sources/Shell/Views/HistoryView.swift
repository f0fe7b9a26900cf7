import AdminProtocol
import ClusterModel

/// `history`: the journal, newest first, a row an entry.
struct HistoryView {
    static let fields = ["id", "command", "by", "coordinator", "startedAt", "endedAt", "result"]

    var time = TimeText.local

    func lines(_ entries: [OperationRecord]) -> [String] {
        guard !entries.isEmpty else { return ["the journal is empty"] }
        return Columns.lines(
            [["ID", "BEGUN", "TOOK", "BY", "RESULT", "COMMAND"]]
                + entries.map { entry in
                    [
                        entry.id, time.plain(entry.startedAt), took(entry), entry.by, entry.result.rawValue,
                        entry.command,
                    ]
                })
    }

    /// `history show`: everything that is known of one.
    func lines(_ entry: OperationRecord) -> [String] {
        var rows = [
            ["id:", entry.id], ["command:", entry.command], ["by:", entry.by],
            ["coordinator:", entry.coordinator.description], ["begun:", time.plain(entry.startedAt)],
        ]
        if let end = entry.endedAt { rows.append(["ended:", "\(time.plain(end)), after \(took(entry))"]) }
        rows.append(["result:", entry.result.rawValue])
        if let move = entry.move { rows.append(["role:", "\(move.from) => \(move.to)"]) }
        if entry.result != .done, let reached = entry.reached { rows.append(["reached:", reached]) }
        var lines = Columns.lines(rows)
        if !entry.lines.isEmpty { lines += [""] + entry.lines.map(SafeLine.of) }
        if let steps = entry.steps, !steps.isEmpty {
            lines += ["", "STEPS:"]
            lines += Columns.lines(
                steps.map { [$0.step, milliseconds($0.milliseconds)] }, indent: 2)
        }
        if let receipt = entry.receipt { lines += ["", "RECEIPT:"] + self.lines(receipt) }
        return lines
    }

    private func lines(_ receipt: SwitchReceipt) -> [String] {
        var rows = [["gap:", "\(milliseconds(receipt.gap)) without writes"]]
        if let canary = receipt.canary { rows.append(["canary:", text(canary)]) }
        if let forecast = receipt.forecast { rows.append(["forecast:", milliseconds(forecast)]) }
        rows += [
            ["hold:", "new connections waited \(milliseconds(receipt.hold))"],
            [
                "freeze:",
                milliseconds(receipt.freeze)
                    + (receipt.attempts.map { $0 > 1 ? ", at attempt \($0)" : "" } ?? ""),
            ], ["catch-up:", milliseconds(receipt.catchUp)],
            ["sessions cut:", "\(receipt.sessionsCut) by the routers"],
        ]
        if receipt.transactionsCut > 0 {
            rows.append(["", "\(receipt.transactionsCut) with open transactions before"])
        }
        for (index, one) in (receipt.held ?? []).enumerated() {
            rows.append([
                index == 0 ? "held:" : "", "\(one.connections) connections at the router of \(one.router)",
            ])
        }
        rows += [["before:", "\(receipt.before)"], ["after:", "\(receipt.after)"]]
        return Columns.lines(rows, indent: 2)
    }

    private func text(_ canary: CanaryReport) -> String {
        guard let gap = canary.gap else {
            return "no writer through \(canary.router): \(SafeLine.of(canary.problem ?? "no reason given"))"
        }
        return "a writer through \(canary.router) waited \(milliseconds(gap)) at most,"
            + " \(canary.writes) writes, \(canary.failures) errors"
    }

    private func milliseconds(_ value: Double) -> String { "\((value * 10).rounded() / 10) ms" }

    private func took(_ entry: OperationRecord) -> String {
        entry.endedAt.map { Columns.age($0.seconds(since: entry.startedAt)) } ?? "-"
    }
}
