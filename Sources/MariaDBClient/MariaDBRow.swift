/// One row of a result; values as the server's text, nil for NULL.
package struct MariaDBRow: Sendable {
    /// Shared by all rows of a result.
    package let columns: MariaDBColumns
    package let values: [String?]

    /// The value of the column `name`, letters' case as the server wrote it; nil where it is NULL or there is
    /// no such column.
    ///
    /// Use `has` to tell these apart.
    package subscript(_ name: String) -> String? {
        guard let index = columns.positions[name] else { return nil }
        return values[index]
    }

    package subscript(_ position: Int) -> String? {
        values.indices.contains(position) ? values[position] : nil
    }

    package func has(_ name: String) -> Bool { columns.positions[name] != nil }

    /// The value as a whole number; nil where it is none.
    package func integer(_ name: String) -> Int? { self[name].flatMap { Int($0) } }
}

/// The column names of a result, in order.
package final class MariaDBColumns: Sendable {
    package let names: [String]
    fileprivate let positions: [String: Int]

    init(_ names: [String]) {
        self.names = names
        var positions: [String: Int] = [:]
        for (index, name) in names.enumerated() where positions[name] == nil { positions[name] = index }
        self.positions = positions
    }
}
