import AdminProtocol
import Glibc
import Shell

/// Holds values against `docs/json.schema.json`.
///
/// Knows as much of JSON Schema as that file uses, and is stricter in one thing: a member that the schema does
/// not name is an error, so that nothing undocumented gets into the output.
struct SchemaCheck {
    private let schema: JSONValue

    init() throws {
        let text = try Self.document("json.schema.json")
        schema = try FrameCodec.decode(JSONValue.self, from: Array(text.utf8))
    }

    /// A file of `docs/`.
    static func document(_ name: String, file: String = #filePath) throws -> String {
        // A package elsewhere may reach these files by links.
        guard let real = realpath(file, nil) else { throw Missing(path: file) }
        defer { free(real) }
        let parts = String(cString: real).split(separator: "/").dropLast(3)
        let path = "/" + (parts + ["docs", Substring(name)]).joined(separator: "/")
        guard let stream = fopen(path, "r") else { throw Missing(path: path) }
        defer { fclose(stream) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        return String(decoding: buffer[..<fread(&buffer, 1, buffer.count, stream)], as: UTF8.self)
    }

    struct Missing: Error { var path: String }

    /// What is wrong with a line of output; empty where nothing is.
    func problems(line: String) throws -> [String] {
        try problems(FrameCodec.decode(JSONValue.self, from: Array(line.utf8)), schema, at: "$")
    }

    /// What is wrong with a value that should be of the named form.
    func problems(_ value: JSONValue, as name: String) -> [String] {
        problems(value, .object(["$ref": .string("#/$defs/\(name)")]), at: name)
    }

    private func problems(_ value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
        guard case .object(let rules) = schema else { return ["\(path): no schema"] }
        if case .string(let reference) = rules["$ref"] {
            let name = reference.split(separator: "/").last.map(String.init) ?? ""
            return problems(value, self.schema[path: "$defs"][path: name], at: path)
        }
        var found: [String] = []
        if case .array(let choices) = rules["anyOf"] {
            let all = choices.map { problems(value, $0, at: path) }
            // The nearest choice's problems say most.
            if !all.contains([]) { found += all.min { $0.count < $1.count } ?? ["\(path): fits nothing"] }
        }
        if let wanted = rules["const"], wanted != value { found.append("\(path): is not \(wanted.text)") }
        if case .array(let words) = rules["enum"], !words.contains(value) {
            found.append("\(path): '\(value.text)' is none of the words")
        }
        if case .string(let type) = rules["type"], !fits(value, type) {
            return found + ["\(path): is no \(type): \(value)"]
        }
        if case .integer(let least) = rules["minimum"], case .integer(let number) = value, number < least {
            found.append("\(path): \(number) is less than \(least)")
        }
        if case .integer(let most) = rules["maximum"], case .integer(let number) = value, number > most {
            found.append("\(path): \(number) is more than \(most)")
        }
        if case .array(let items) = value, let rule = rules["items"] {
            for (index, item) in items.enumerated() { found += problems(item, rule, at: "\(path)[\(index)]") }
        }
        if case .object(let members) = value { found += problems(members, rules, at: path) }
        return found
    }

    private func problems(
        _ members: [String: JSONValue], _ rules: [String: JSONValue], at path: String
    ) -> [String] {
        var found: [String] = []
        if case .array(let needed) = rules["required"] {
            for name in needed where members[name.text] == nil { found.append("\(path): no '\(name.text)'") }
        }
        if case .object(let known) = rules["properties"] {
            for (name, member) in members {
                if let rule = known[name] {
                    found += problems(member, rule, at: "\(path).\(name)")
                } else {
                    found.append("\(path): '\(name)' is not documented")
                }
            }
        } else if let rule = rules["additionalProperties"] {
            for (name, member) in members { found += problems(member, rule, at: "\(path).\(name)") }
        }
        return found
    }

    private func fits(_ value: JSONValue, _ type: String) -> Bool {
        switch (type, value) {
        case ("string", .string), ("boolean", .bool), ("integer", .integer), ("number", .integer),
            ("number", .number), ("array", .array), ("object", .object):
            true
        default: false
        }
    }
}
