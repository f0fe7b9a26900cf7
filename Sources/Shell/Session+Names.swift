import AdminProtocol
import ClusterModel
import CommandGrammar

/// What TAB and `?` know.
extension Session {
    /// Milliseconds that a person waits for TAB before the terminal seems dead.
    private static let namesLimit = 1000
    /// The newest entries of the journal: older ones are looked up with `history`.
    private static let entriesOffered = 20

    /// Completes the word that ends at `cursor`, an offset into the line's UTF-8.
    package func complete(_ line: String, cursor: Int) -> Completion {
        grammar.complete(line, cursor: cursor) { names($0) }
    }

    /// What can come at `cursor`: the answer to `?`.
    package func expectations(_ line: String, cursor: Int) -> [Expectation] {
        grammar.expectations(line, cursor: cursor) { known($0) }
    }

    /// The words that a value of the grammar can be now; empty where no manager answers.
    package func names(_ kind: String) -> [String] {
        if kind.hasPrefix("file:") { return FileNames.beginning(with: String(kind.dropFirst(5))) }
        return known(kind).map(\.word)
    }

    /// The same, each with a note.
    private func known(_ kind: String) -> [Expectation] {
        switch kind {
        case "site":
            return network.sites.sorted { $0.key < $1.key }.map { name, hosts in
                let list = hosts.map(\.description).joined(separator: ", ")
                return Expectation(word: name.description, note: "data service of \(list)")
            } + [Expectation(word: "..", note: "the root, where 'ls' lists the data services")]
        case "configured-host":
            return network.sites.flatMap { site, hosts in
                hosts.map { Expectation(word: $0.description, note: "host of \(site)") }
            }.sorted { $0.word < $1.word }
        case "command":
            var seen: Set<String> = []
            return grammar.entries.filter { !$0.isHidden && seen.insert($0.name).inserted }
                .map { Expectation(word: $0.name, note: $0.summary) }
        case "level":
            return OutputLevel.allCases.map { Expectation(word: $0.rawValue, note: $0.note) }
        case "resource": return ResourceTree(network).children(of: place)
        case "entry":
            if cachedEntries == nil {
                cachedEntries = try? link().send(
                    HistoryCall(limit: Self.entriesOffered), limit: Self.namesLimit
                ) { _ in }
            }
            return cachedEntries.map { LiveNames.of($0) } ?? []
        default: break
        }
        if cachedStatus == nil {
            // Without a manager there is nothing to offer, and TAB is no place for a complaint.
            cachedStatus = try? link().send(StatusCall(), limit: Self.namesLimit) { _ in }
        }
        return cachedStatus.map { LiveNames.of(kind, in: $0) } ?? []
    }

    /// Forgets what TAB has learnt: a new prompt begins.
    package func forgetNames() {
        cachedStatus = nil
        cachedEntries = nil
    }
}
