import AdminProtocol
import ClusterModel

/// `why`: how it is, then each rule with yes or no, what it sees, and since when.
struct WhyView {
    static let fields = ["rule", "text", "holds", "seen", "since"]

    var explanation: Explanation
    var time = TimeText.local

    var rows: Rows {
        Rows(fields: Self.fields, items: explanation.parts.flatMap(\.rules))
    }

    var lines: [String] {
        var lines = [SafeLine.of(explanation.conclusion)]
        for part in explanation.parts {
            lines += ["", SafeLine.of(part.title)]
            lines += Columns.lines(
                part.rules.map { rule in
                    let since = rule.since.flatMap { $0.milliseconds > 0 ? "since \(time.plain($0))" : nil }
                    return [rule.holds ? "[yes]" : "[no] ", rule.text, rule.seen] + (since.map { [$0] } ?? [])
                }, indent: 2)
        }
        if let hint = explanation.hint { lines += ["", "Hint: \(SafeLine.of(hint))"] }
        return lines
    }
}
