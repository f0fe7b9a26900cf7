import AdminProtocol
import ClusterModel
import CommandGrammar
import TerminalText

/// `ls` of the physical mode.
enum ResourceListCommand: ShellCommand {
    static let name = "ls"
    static let patterns: [CommandPattern] = ["ls [<tree:-R|-l|-lR>] [<resource>]"]
    static let summary = "List the names at a place of the tree"
    static let notes = [
        "-R": "and everything below", "-l": "with full paths", "-lR": "everything below, with full paths",
    ]
    static let examples = [CommandExample("ls /east/east1", "the processes of a host")]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let tree = ResourceTree(session.network)
        let places = try tree.needed(arguments["resource"] ?? ".", from: session.place)
        let flags = arguments["tree"] ?? ""
        var lines: [String] = []
        func list(_ place: ResourcePath, _ indent: Int) {
            for name in tree.names(below: place) {
                let below = ResourcePath(place.names + [name])
                let blanks = String(repeating: " ", count: indent)
                lines.append(flags.contains("l") ? below.description : blanks + name)
                if flags.contains("R") { list(below, indent + 2) }
            }
        }
        for place in places {
            if tree.names(below: place).isEmpty { lines.append(place.description) } else { list(place, 0) }
        }
        try session.show(lines) { lines }
        return .done
    }
}

/// `cd` of the physical mode.
enum ResourceChangeCommand: ShellCommand {
    static let name = "cd"
    static let patterns: [CommandPattern] = ["cd [<resource>]"]
    static let summary = "Go to another place of the tree"
    static let effect = Effect.session

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let word = arguments["resource"] ?? "/"
        let found = try ResourceTree(session.network).needed(word, from: session.place)
        guard found.count == 1, found[0].names.count < ResourceTree.depth else {
            throw Refusal(
                .badArgument, "'\(word)' is not one place to go to; the place stays \(session.place)",
                hint: "'ls' shows the names here")
        }
        session.place = found[0]
        return .done
    }
}

/// `pwd`, `which`, `chkexec`, `locateServices`: where things are.
enum ResourceQuestionCommand: ShellCommand {
    static let name = "which"
    static let patterns: [CommandPattern] = [
        "which <resource>", "pwd", "chkexec <resource>", "locateServices",
    ]
    static let summary = "Tell the full path of a name, the own place, or where operations are"
    static let notes = [
        "which": "the full path of a name", "pwd": "the own place",
        "chkexec": "whether a path can be executed", "locateServices": "every operation of the tree",
    ]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let tree = ResourceTree(session.network)
        var lines: [String]
        if arguments.has("pwd") {
            lines = [session.place.description]
        } else if arguments.has("locateServices") {
            lines = tree.places(ResourcePath(["*", "*", "*", "*", "*"])).map(\.description)
        } else {
            let word = arguments["resource"] ?? ""
            let found = try tree.needed(word, from: session.place)
            lines = found.map(\.description)
            if arguments.has("chkexec") {
                lines = found.map { place in
                    let isOperation = place.names.count == ResourceTree.depth
                    return "\(place): \(isOperation ? "can be executed" : "is no operation")"
                }
            }
        }
        try session.show(lines) { lines }
        return .done
    }
}

/// `execute <path>`, or the path alone.
enum ResourceExecuteCommand: ShellCommand {
    static let name = "execute"
    static let patterns: [CommandPattern] = ["execute <resource>", "<resource-path>"]
    static let summary = "Run an operation: 'diag' tells all that is known of a process"
    static let details = [
        "A path alone is run too: `*/*/manager/ServiceManager/diag`. It is looked for from the own place, then "
            + "from the root."
    ]
    static let notes = ["<resource-path>": "the path of an operation, with a slash in it"]
    static let examples = [
        CommandExample("/east/east1/router/RouterManager/diag", "all that is known of a router"),
        CommandExample("*/*/manager/ServiceManager/diag", "all managers of all sites"),
    ]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let tree = ResourceTree(session.network)
        let word = arguments["resource"] ?? arguments["resource-path"] ?? ""
        var places = tree.places(ResourcePath(word, from: session.place))
        if places.isEmpty { places = try tree.needed(word, from: .root) }
        guard places.allSatisfy({ $0.names.count == ResourceTree.depth }) else {
            throw Refusal(
                .badArgument, "'\(word)' is no operation; nothing was run",
                hint: "operations end with /\(ResourceTree.operation); 'locateServices' lists them")
        }
        var reports: [(place: ResourcePath, properties: [String: String])] = []
        var statuses: [String: SiteStatus] = [:]
        for place in places {
            guard let site = SiteName(place.names[0]) else { continue }
            if statuses[place.names[0]] == nil {
                statuses[place.names[0]] = try session.ask(
                    StatusCall(reports: true), of: session.network.link(to: site)
                ) { _ in }
            }
            guard let status = statuses[place.names[0]], let report = ResourceReport(place, status) else {
                continue
            }
            reports.append((place, report.properties))
        }
        let value = Dictionary(reports.map { ($0.place.description, $0.properties) }) { first, _ in first }
        try session.show(value) { reports.flatMap { box($0.place, $0.properties) } }
        return .done
    }

    private static func box(_ place: ResourcePath, _ properties: [String: String]) -> [String] {
        let rows = properties.sorted { $0.key < $1.key }.flatMap { Box.property($0.key, $0.value) }
        return Box.around(Box.rows(place.description)) + rows + [Box.separator]
    }
}
