import ClusterModel
import SiteConfiguration

/// A way between two hosts, in one direction.
package struct NetworkWay: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var source: HostName
    package var target: HostName

    package var description: String { "\(source) -> \(target)" }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

extension SandboxNetwork {
    /// The ways between one group of hosts and another; none leads from a host to itself.
    func ways(from sources: [HostName], to targets: [HostName], oneWay: Bool) -> Set<NetworkWay> {
        var ways: Set<NetworkWay> = []
        for source in sources {
            for target in targets where target != source {
                ways.insert(NetworkWay(source: source, target: target))
                if !oneWay { ways.insert(NetworkWay(source: target, target: source)) }
            }
        }
        return ways
    }

    /// Ways on which packets vanish now.
    func cuts() throws -> Set<NetworkWay> {
        let hosts = Dictionary(uniqueKeysWithValues: hosts.map { (address($0), $0) })
        var cuts: Set<NetworkWay> = []
        for line in try ask(in: middle, "rule show").split(separator: "\n") {
            // 1000:   from 198.18.1.1 to 198.18.1.2 blackhole
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard words.count == 6, words[0] == "1000:", words[5] == "blackhole",
                let source = hosts[words[2]], let target = hosts[words[4]]
            else { continue }
            cuts.insert(NetworkWay(source: source, target: target))
        }
        return cuts
    }

    func cut(_ ways: Set<NetworkWay>) throws {
        try rules("add", ways.subtracting(try cuts()))
    }

    func heal(_ ways: Set<NetworkWay>) throws {
        try rules("del", ways.intersection(try cuts()))
    }

    /// All in one go, as a pulled cable does it: with a process for each way, which takes 10 ms, the other site would
    /// still get what a host's neighbours do not.
    private func rules(_ verb: String, _ ways: Set<NetworkWay>) throws {
        try ip(
            in: middle,
            each: ways.sorted().map { way in
                "rule \(verb) from \(address(way.source)) to \(address(way.target)) blackhole pref 1000"
            })
    }

    /// Hosts by their names, or all of a site by its name.
    func hosts(named names: [String]) throws -> [HostName] {
        try names.flatMap { name -> [HostName] in
            if let site = sites.first(where: { $0.name.description == name }) { return site.voters }
            guard let host = hosts.first(where: { $0.description == name }) else {
                let known = sites.map(\.name.description) + hosts.map(\.description)
                throw SandboxError(
                    "there is no host or site '\(name)'; known are \(known.joined(separator: ", "))")
            }
            return [host]
        }
    }
}
