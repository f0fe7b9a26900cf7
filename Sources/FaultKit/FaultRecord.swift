import ClusterModel

/// What came of one fault.
package struct FaultRecord: Sendable {
    package var fault: PlannedFault
    /// What was done, to whom.
    package var deed: String
    /// The longest time without an acknowledged write at the fault's site, in milliseconds; nil where none came again.
    package var gap: Double?
    /// The same at the other sites.
    package var gapElsewhere: Double?
    /// From healing until every manager saw every site whole, in seconds.
    package var whole: Double
    /// Whether an operator's command was needed for that.
    package var helped: Bool
    /// Acknowledged writes, all sites together.
    package var acknowledged: Int
    /// Commits for which a primary did not wait for a replica's receipt: had it died, they would be lost.
    package var alone = 0
    package var lost: Int
    package var repeated: Int

    package var line: String {
        let gap = gap.map { "\(seconds($0 / 1000)) s" } ?? "none came"
        var text = "fault \(fault.number) \(fault.kind.rawValue): writes again after \(gap), whole after "
        text += "\(seconds(whole)) s\(helped ? " with help" : ""); \(acknowledged) acknowledged"
        text += "\(alone > 0 ? " (\(alone) without a replica's receipt)" : ""), lost \(lost), "
        return text + "repeated \(repeated)"
    }
}

/// The figures of many faults, by kind.
package struct FaultSummary: Sendable {
    package var records: [FaultRecord]

    package init(_ records: [FaultRecord]) { self.records = records }

    package var lines: [String] {
        guard !records.isEmpty else { return [] }
        var lines = [
            "kind               count  gap median  gap max  whole median  whole max  helped  (seconds)"
        ]
        for kind in FaultKind.allCases {
            let own = records.filter { $0.fault.kind == kind }
            guard !own.isEmpty else { continue }
            let gaps = own.compactMap { $0.gap.map { $0 / 1000 } }.sorted()
            let wholes = own.map(\.whole).sorted()
            let cells = [
                pad(kind.rawValue, 18, left: true), pad("\(own.count)", 6), pad(Self.median(gaps), 12),
                pad(gaps.last.map(seconds) ?? "-", 9), pad(Self.median(wholes), 14),
                pad(wholes.last.map(seconds) ?? "-", 11), pad("\(own.count { $0.helped })", 8),
            ]
            lines.append(cells.joined())
        }
        let acknowledged = records.reduce(0) { $0 + $1.acknowledged }
        let (lost, repeated) = (records.reduce(0) { $0 + $1.lost }, records.reduce(0) { $0 + $1.repeated })
        lines.append(
            "\(records.count) faults, \(acknowledged) acknowledged writes, lost \(lost), repeated \(repeated)"
        )
        return lines
    }

    private static func median(_ sorted: [Double]) -> String {
        sorted.isEmpty ? "-" : seconds(sorted[sorted.count / 2])
    }
}

private func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.utf8.count))
    return left ? text + blanks : blanks + text
}

/// With two digits behind the point.
package func seconds(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
}
