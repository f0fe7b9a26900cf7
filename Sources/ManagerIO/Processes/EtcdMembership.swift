import ClusterModel
import EtcdClient
import Glibc
import Logging
import SiteConfiguration

/// Whether this host's etcd member still belongs to its site, as the members say that go on.
///
/// After a last man standing they do not count this host any more. Its data is of a site that is no more then: with a
/// second such host it would make a majority of its own, and a second primary.
struct EtcdMembership: Sendable {
    enum Place: Hashable {
        /// As its data, or the configuration, says.
        case asItIs
        /// It is a member that has not started yet; the members, in the form of `--initial-cluster`.
        case joins(String)
        /// The member at that endpoint belongs to a majority that goes on without this host.
        case left(String)
    }

    let host: HostName
    let site: SiteEntry
    let configuration: ClusterConfiguration
    let client: EtcdClient

    func peerURL(of host: HostName) -> String {
        "https://\(configuration.address(of: host)):\(configuration.ports.etcdPeer)"
    }

    /// Asks the others; where none of them has a leader, nothing is known, and nothing changes.
    func place() async -> Place {
        for other in site.voters where other != host {
            let endpoint = "https://\(configuration.address(of: other)):\(configuration.ports.etcdClient)"
            do throws(EtcdError) {
                guard try await client.status(of: endpoint).leader != 0 else { continue }
                let members = try await client.members(of: endpoint)
                guard let own = members.first(where: { $0.peerURLs.contains(peerURL(of: host)) }) else {
                    return .left(endpoint)
                }
                return own.name.isEmpty ? .joins(cluster(members)) : .asItIs
            } catch {
                // It does not run, or cannot be reached.
                continue
            }
        }
        return .asItIs
    }

    /// Becomes a member of those who went on.
    /// - Returns: the members, in the form of `--initial-cluster`.
    /// - Throws: where another is being added, for one.
    func join(at endpoint: String) async throws(EtcdError) -> String {
        cluster(try await client.addMember(peerURL(of: host), at: endpoint))
    }

    /// The names are those of the hosts: a member that has not started yet has none.
    private func cluster(_ members: [EtcdMember]) -> String {
        site.voters.filter { host in members.contains { $0.peerURLs.contains(peerURL(of: host)) } }
            .map { "\($0)=\(peerURL(of: $0))" }.joined(separator: ",")
    }
}
