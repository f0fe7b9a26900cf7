import AdminProtocol
import ClusterModel
import CommandGrammar

/// The words of a matched command, and the values that they stand for.
package struct Arguments {
    private let match: Match

    package init(_ match: Match) { self.match = match }

    /// The word typed for a place, or the full word of a choice.
    package subscript(_ name: String) -> String? { match.values[name] }

    /// Whether one of the command's own words, such as `-l`, was typed.
    package func has(_ word: String) -> Bool { match.words.contains(word) }

    /// The value of an option, `--fields`; empty for a flag that was typed, nil for one that was not.
    package func option(_ name: String) -> String? { match.options[name] }

    /// Which of the command's patterns the line is, counted from 0.
    package var pattern: Int { match.pattern }

    /// A data source of the session's site: `east1` or `east1@east`; nil where the place was left out.
    ///
    /// A name that only another site has is refused here; a name that nobody knows is left to the manager,
    /// whose configuration may be newer.
    package func dataSource(_ place: String, in session: Session) throws(Refusal) -> HostName? {
        guard let word = self[place] else { return nil }
        let parts = word.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = HostName(String(parts[0])) else {
            throw Refusal(
                .badArgument, "'\(word)' is not a name; nothing was changed",
                hint: "type 'ls' to see the names of data sources")
        }
        guard let site = session.site else { return name }
        let sites = session.network.sites
        if let service = SiteName(word), let hosts = sites[service], sites[site]?.contains(name) != true {
            throw Refusal(
                .noSuchDataSource,
                "'\(word)' is a data service, not a data source: data services here have no state of their "
                    + "own; nothing was changed",
                hint: "data sources of '\(word)': \(hosts.map(\.description).joined(separator: ", "))")
        }
        var home = parts.count == 2 ? String(parts[1]) : site.description
        if parts.count == 1, let own = sites[site], !own.contains(name) {
            home = sites.filter { $0.value.contains(name) }.map(\.key).min()?.description ?? home
        }
        guard home == site.description else {
            throw Refusal(
                .noSuchDataSource,
                "'\(word)' is not of site '\(site)', which this session works on; nothing was changed",
                hint: "type 'use \(home)' first")
        }
        return name
    }

    /// The same for a place that the pattern always fills.
    package func neededDataSource(_ place: String, in session: Session) throws(Refusal) -> HostName {
        if let name = try dataSource(place, in: session) { return name }
        throw Refusal(.badArgument, "the name of a data source is missing; nothing was changed")
    }

    /// One of the words of an enumeration; the pattern lists the same words.
    package func choice<Choice: RawRepresentable>(
        _ place: String, as type: Choice.Type, spelled spell: (String) -> String = { $0 }
    ) throws(Refusal) -> Choice where Choice.RawValue == String {
        if let word = self[place], let choice = Choice(rawValue: spell(word)) { return choice }
        throw Refusal(.badArgument, "'\(self[place] ?? "")' is not known here; nothing was changed")
    }
}
