import AdminProtocol
import ClusterModel
import CommandGrammar

/// `router <name|*> online|offline`.
enum RouterCommand: ShellCommand {
    static let name = "router"
    static let patterns: [CommandPattern] = ["router <router> <verb:online|offline>"]
    static let summary = "Let one router, or all with *, accept connections or refuse them"
    static let details = [
        "A router is named by its host, or as `ls` shows it: `east1`, `connector@east1`, "
            + "`connector@east1[6117]`. An offline router refuses new connections."
    ]
    static let notes = ["online": "accept connections", "offline": "refuse new connections"]
    static let examples = [
        CommandExample("router * offline", "no new connections anywhere"),
        CommandExample("router east1 online", "one router"),
    ]
    static let effect = Effect.changes

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let host = try host(arguments["router"] ?? "")
        let wanted = try arguments.choice("verb", as: Wanted.self) { $0.uppercased() }
        return try session.perform(ChangeRouterCall(host: host, wanted: wanted))
    }

    /// The host of a router's name; nil for `*`.
    static func host(_ word: String) throws(Refusal) -> HostName? {
        if word == "*" { return nil }
        var rest = word[...]
        if rest.hasPrefix("connector@") { rest = rest.dropFirst("connector@".count) }
        if rest.hasSuffix("]"), let bracket = rest.lastIndex(of: "[") {
            let pid = rest[rest.index(after: bracket)...].dropLast()
            if pid.allSatisfy(\.isNumber) { rest = rest[..<bracket] }
        }
        if let host = HostName(String(rest)) { return host }
        throw Refusal(
            .noSuchRouter, "'\(word)' is not the name of a router; nothing was changed",
            hint: "name it by its host, as connector@<host>, or * for all")
    }
}
