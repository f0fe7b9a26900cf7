import AdminProtocol
import CommandGrammar

/// The rows of an answer, for `--fields`: what there is one of for each thing that the answer lists.
package struct Rows {
    /// Every field that can be asked for, such as `name` and `replicator.latency`; `host` lists all of these
    /// even where no row has them now.
    package var fields: [String]
    package var items: [any Encodable & Sendable]

    package init(fields: [String], items: [any Encodable & Sendable]) {
        self.fields = fields
        self.items = items
    }

    /// Each row with these fields only, in their order.
    /// - Throws: where a field is not known.
    func picking(_ wanted: [String]) throws(Refusal) -> [[(name: String, value: JSONValue)]] {
        for name in wanted where !fields.contains(name) {
            let near = NearestWord.find(name, in: fields).map { "did you mean '\($0)'? " } ?? ""
            throw Refusal(
                .badArgument, "there is no field '\(name)' here",
                hint: near + "fields: \(fields.joined(separator: ", "))")
        }
        var rows: [[(name: String, value: JSONValue)]] = []
        for item in items {
            let value = try JSONValue(of: item)
            rows.append(wanted.map { ($0, value[path: $0]) })
        }
        return rows
    }
}

extension JSONValue {
    /// The JSON of any value.
    package init(of value: some Encodable) throws(Refusal) {
        self = try FrameCodec.decode(JSONValue.self, from: FrameCodec.encode(value))
    }
}
