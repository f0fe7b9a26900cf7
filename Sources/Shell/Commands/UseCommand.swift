import AdminProtocol
import ClusterModel
import CommandGrammar

/// `use <site>`.
enum UseCommand: ShellCommand {
    static let name = "use"
    static let patterns: [CommandPattern] = ["use <site>"]
    static let summary = "Choose the data service that commands act on"

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        try session.enter(arguments["site"] ?? "")
        return .done
    }
}

extension Session {
    /// Chooses a data service; `..` and `/` are the root.
    func enter(_ word: String) throws(Refusal) {
        if word == ".." || word == "/" {
            site = nil
            return
        }
        let bare = word.hasPrefix("/") ? String(word.dropFirst()) : word
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
