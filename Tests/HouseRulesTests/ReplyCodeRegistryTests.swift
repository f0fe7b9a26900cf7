import AdminProtocol
import Testing

@Suite struct ReplyCodeRegistryTests {
    /// Rows of the table in the documentation: code, name, exit status.
    private func rows() throws -> [(code: Int, name: String, exit: Int32, meaning: String)] {
        try SourceTree().text("docs/reply-codes.md").split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmed }
            guard cells.count >= 4, let code = Int(cells[0]), let exit = Int32(cells[2]) else { return nil }
            return (code, cells[1].filter { $0 != "`" }, exit, cells[3])
        }
    }

    @Test func `the documented codes are those that there are`() throws {
        let rows = try rows()
        #expect(rows.map(\.code) == ReplyCode.allCases.map(\.rawValue).sorted())
        for row in rows {
            let code = try #require(ReplyCode(rawValue: row.code))
            #expect(row.name == "\(code)")
            #expect(row.exit == code.exitStatus, "\(row.name)")
            #expect(!row.meaning.isEmpty, "\(row.name)")
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
