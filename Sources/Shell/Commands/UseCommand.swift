import AdminProtocol
import ClusterModel
import CommandGrammar

/// `use <site>`, `cd [<site>|..]`.
enum UseCommand: ShellCommand {
    static let name = "use"
    static let patterns: [CommandPattern] = ["use <site>", "cd [<site>]"]
    static let summary = "Choose the data service that commands act on"
    static let details = [
        "Every data service of the configuration can be chosen, with `-multi` and without. `cd ..` and `cd` go "
            + "to the root, where `ls` lists them."
    ]
    static let notes = ["cd": "the same; alone it goes to the root"]
    static let examples = [
        CommandExample("use west; ls", "look at another data service"),
        CommandExample("cd ..", "go to the root"),
    ]
    static let effect = Effect.session

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        try session.enter(arguments["site"] ?? "/")
        return .done
    }
}

extension Session {
    /// Chooses a data service; `..` and `/` are the root.
    func enter(_ word: String) throws(Refusal) {
        let bare = word.split(separator: "/").filter { $0 != "." && $0 != ".." }.joined(separator: "/")
        if bare.isEmpty {
            site = nil
            return
        }
        guard let name = SiteName(bare), network.sites[name] != nil else {
            let known = network.sites.keys.map(\.description).sorted()
            let near = NearestWord.find(bare, in: known).map { "did you mean '\($0)'? " } ?? ""
            throw Refusal(
                .noSuchSite, "there is no data service '\(word)'; the chosen one stays as it was",
                hint: near + "data services: \(known.joined(separator: ", "))")
        }
        // Asked for now, so that a site out of reach is told here and not by the next command.
        _ = try network.link(to: name)
        site = name
    }
}
