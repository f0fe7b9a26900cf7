import AdminProtocol
import ClusterModel
import Logging

/// What servers hold of one domain, asked for at this moment.
///
/// A published report may be older than the last confirmed transaction, so nothing is decided by one here.
struct Holdings: Sendable {
    /// Hosts whose servers answered; the others are missing.
    private(set) var positions: [HostName: GTIDPosition] = [:]
    let domain: UInt32

    /// Asks all hosts side by side.
    /// - Parameter leaving: the server that whoever answers reads nothing more from.
    static func ask(
        _ hosts: [HostName], of domain: UInt32, leaving: HostName? = nil, _ peers: any Peers, _ log: Logger
    ) async -> Self {
        let call = HeldCall(domain: domain, leaving: leaving)
        return await withTaskGroup(of: Answer.self) { group in
            for host in hosts {
                group.addTask { await Answer.of(host, call, peers, log) }
            }
            return await group.reduce(into: Holdings(domain: domain)) { $0.positions[$1.host] = $1.position }
        }
    }

    func hasAll(_ hosts: [HostName]) -> Bool { hosts.allSatisfy { positions[$0] != nil } }

    func count(of hosts: [HostName]) -> Int { hosts.count { positions[$0] != nil } }

    /// The host that holds more than `sequence`, and most of all.
    func farthest(beyond sequence: UInt64) -> (host: HostName, position: GTIDPosition)? {
        // By name, so that of two that hold the same always the same one is asked.
        let ordered = positions.sorted { $0.key < $1.key }
        guard
            let best = ordered.max(by: { $0.value.sequence(of: domain) < $1.value.sequence(of: domain) }),
            best.value.sequence(of: domain) > sequence
        else { return nil }
        return (best.key, best.value)
    }

    /// What one host's server holds; nil where it cannot be asked.
    private struct Answer: Sendable {
        var host: HostName
        var position: GTIDPosition?

        static func of(_ host: HostName, _ call: HeldCall, _ peers: any Peers, _ log: Logger) async -> Self {
            do throws(Refusal) {
                let position = try await peers.call(call, on: host, deadline: .seconds(2))
                return Self(host: host, position: position)
            } catch {
                log.info(
                    "a server cannot be asked what it holds",
                    metadata: ["host": "\(host)", "why": "\(error.message)"])
                return Self(host: host, position: nil)
            }
        }
    }
}
