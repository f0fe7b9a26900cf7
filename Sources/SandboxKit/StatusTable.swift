import ClusterModel

/// The table of `cctrl-sandbox status`.
package struct StatusTable {
    package var rows: [Sandbox.Row]

    package init(rows: [Sandbox.Row]) { self.rows = rows }

    package var lines: [String] {
        var table = [["HOST", "ADDRESS"] + Component.allCases.map { $0.rawValue.uppercased() }]
        for row in rows {
            table.append(
                [row.host.description, row.address]
                    + Component.allCases.map { component in
                        guard let process = row.processes[component] else {
                            return row.components.contains(component) ? "stopped" : "-"
                        }
                        return "\(process.pid) \(process.isFrozen ? "frozen" : "running")"
                    })
        }
        let widths = (0..<table[0].count).map { column in table.map { $0[column].utf8.count }.max() ?? 0 }
        return table.map { cells in
            var line = ""
            for (cell, width) in zip(cells, widths) {
                line += cell + String(repeating: " ", count: width - cell.utf8.count + 2)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }
}
