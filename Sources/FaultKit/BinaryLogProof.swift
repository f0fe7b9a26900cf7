import ClusterModel
import Glibc
import SiteConfiguration

/// Compares what all servers logged: a sequence number of a domain that stands for two transactions proves that two
/// servers took writes at once.
package struct BinaryLogProof: Sendable {
    private struct Key: Hashable {
        var domain: UInt32
        var sequence: UInt64
    }
    private struct Entry {
        var transaction: LoggedTransaction
        /// A bit for each host that has it.
        var hosts: UInt64
    }

    private let hosts: [HostName]
    /// What is not looked at: numbers up to these, by domain.
    private let floor: [UInt32: UInt64]
    private var entries: [Key: Entry] = [:]
    /// The first sequence number of each domain in each host's logs.
    private var first: [Int: [UInt32: UInt64]] = [:]
    /// One sentence each.
    package private(set) var conflicts: [String] = []

    package init(hosts: [HostName], after floor: [UInt32: UInt64] = [:]) {
        self.hosts = hosts
        self.floor = floor
    }

    /// The highest number of each domain.
    package var heights: [UInt32: UInt64] {
        entries.keys.reduce(into: floor) { $0[$1.domain] = max($0[$1.domain] ?? 0, $1.sequence) }
    }

    package var count: Int { entries.count }

    package mutating func add(_ transactions: [LoggedTransaction], of host: HostName) {
        guard let index = hosts.firstIndex(of: host) else { return }
        for one in transactions where one.sequence > floor[one.domain] ?? 0 {
            let key = Key(domain: one.domain, sequence: one.sequence)
            first[index, default: [:]][one.domain] = min(first[index]?[one.domain] ?? .max, one.sequence)
            guard let entry = entries[key] else {
                entries[key] = Entry(transaction: one, hosts: 1 << UInt64(index))
                continue
            }
            entries[key]?.hosts |= 1 << UInt64(index)
            if entry.transaction.server != one.server {
                conflicts.append(
                    "number \(one.sequence) of domain \(one.domain) is \(entry.transaction.gtid) on "
                        + "\(names(entry.hosts)) and \(one.gtid) on \(host)")
            } else if entry.transaction.contents != one.contents {
                conflicts.append("\(one.gtid) has other contents on \(host) than on \(names(entry.hosts))")
            }
        }
    }

    /// Transactions that a host lacks although its logs reach further back; those that one host alone has were never
    /// acknowledged, and are told apart.
    package var holes: (missing: [String], alone: [String]) {
        var (missing, alone): ([String], [String]) = ([], [])
        for (key, entry) in entries where entry.transaction.hasRows {
            for index in hosts.indices where entry.hosts & 1 << UInt64(index) == 0 {
                guard let begin = first[index]?[key.domain], begin < key.sequence else { continue }
                if entry.hosts.nonzeroBitCount == 1 {
                    alone.append("\(entry.transaction.gtid) only on \(names(entry.hosts))")
                } else {
                    missing.append("\(entry.transaction.gtid) missing on \(hosts[index])")
                }
            }
        }
        return (Set(missing).sorted(), Set(alone).sorted())
    }

    private func names(_ bits: UInt64) -> String {
        hosts.indices.filter { bits & 1 << UInt64($0) != 0 }.map { hosts[$0].description }.joined(
            separator: ", ")
    }
}

extension BinaryLogProof {
    /// Reads the logs of every host of the cluster as they are now.
    package static func read(
        _ configuration: ClusterConfiguration, after floor: [UInt32: UInt64] = [:]
    ) throws -> BinaryLogProof {
        let hosts = configuration.sites.flatMap(\.hosts)
        var proof = BinaryLogProof(hosts: hosts, after: floor)
        for host in hosts {
            for path in try files(of: host, configuration) {
                proof.add(try BinaryLog.transactions(in: path), of: host)
            }
        }
        return proof
    }

    private static func files(of host: HostName, _ configuration: ClusterConfiguration) throws -> [String] {
        let folder = HostPaths(host: host, in: configuration).serverData
        guard let directory = opendir(folder) else { throw FaultError("cannot read '\(folder)'") }
        defer { closedir(directory) }
        var found: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix("\(host)-bin."), name.dropFirst("\(host)-bin.".count).allSatisfy(\.isNumber)
            else { continue }
            found.append("\(folder)/\(name)")
        }
        return found.sorted()
    }
}
