/// A place in the tree of the physical mode, such as `/east/east1/manager`; `*` stands for every name.
struct ResourcePath: Hashable, Sendable, CustomStringConvertible {
    static let root = ResourcePath([])
    /// Names from the root on.
    var names: [String]

    init(_ names: [String]) { self.names = names }

    /// Reads `a/b`, `/a/b`, `..`, `resource:/a`, seen from `place`.
    init(_ text: String, from place: ResourcePath) {
        var rest = text[...]
        if rest.hasPrefix("resource:") { rest = rest.dropFirst("resource:".count) }
        var names = rest.hasPrefix("/") ? [] : place.names
        for part in rest.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = names.popLast()
            default: names.append(String(part))
            }
        }
        self.names = names
    }

    var description: String { "/" + names.joined(separator: "/") }
}
