import AdminProtocol
import ClusterModel
import Logging
import Synchronization

/// What is known of the other sites: who takes their writes.
package final class Neighbours: Sendable {
    private let state = Mutex<[SiteName: NeighbourSight]>([:])
    private let peers: any Peers
    private let sites: [SiteName: [HostName]]
    private let domains: [SiteName: UInt32]
    private let log: Logger

    /// - Parameters:
    ///   - sites: the other sites whose writes come here, with their hosts.
    ///   - domains: the GTID domains of their writes.
    package init(
        sites: [SiteName: [HostName]], domains: [SiteName: UInt32], peers: any Peers, log: Logger
    ) {
        self.sites = sites
        self.domains = domains
        self.peers = peers
        self.log = log
    }

    /// The host that takes the writes of `site`, as last heard from it.
    package func primary(of site: SiteName) -> HostName? { state.withLock { $0[site]?.answer?.primary } }

    /// Where the writes of `site` are to be read now.
    func source(of site: SiteName) -> NeighbourSight.Source {
        state.withLock { $0[site]?.source(at: .now) ?? .unknown }
    }

    /// Nothing is read from `host` until its site has told anew who takes its writes.
    /// - Returns: false where it is a host of no other site.
    func leave(_ host: HostName) -> Bool {
        guard let site = sites.first(where: { $0.value.contains(host) })?.key else { return false }
        state.withLock { $0[site, default: NeighbourSight()].leave(host, at: .now) }
        return true
    }

    /// Hosts of the other sites, by site.
    package var hosts: [SiteName: [HostName]] { sites }

    /// The GTID domain of another site's writes.
    package func domain(of site: SiteName) -> UInt32? { domains[site] }

    /// Asks every site once; the first manager that sees a majority is believed.
    package func refresh() async {
        await withDiscardingTaskGroup { group in
            for (site, hosts) in sites {
                group.addTask { await self.ask(site, hosts) }
            }
        }
    }

    private func ask(_ site: SiteName, _ hosts: [HostName]) async {
        // The host that answered last is asked first.
        let last = primary(of: site)
        for host in hosts.sorted(by: { first, _ in first == last }) {
            do {
                let answer = try await peers.call(NeighbourCall(), on: host, deadline: .seconds(1))
                guard answer.quorum, answer.site == site else { continue }
                let before = state.withLock { state in
                    defer { state[site, default: NeighbourSight()].hear(answer, at: .now) }
                    return state[site]?.answer?.primary
                }
                if before != answer.primary {
                    log.info(
                        "the other site's primary is known",
                        metadata: ["site": "\(site)", "primary": "\(answer.primary?.description ?? "none")"])
                }
                return
            } catch {
                log.debug("no answer from a neighbour", metadata: ["host": "\(host)", "why": "\(error)"])
            }
        }
    }
}
