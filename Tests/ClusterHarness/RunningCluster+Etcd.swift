import ClusterModel
import EtcdClient
import ServerHarness
import SiteConfiguration

extension RunningCluster {
    /// The host whose etcd member leads its site's.
    package func etcdLeader(_ site: String) async throws -> String {
        for host in hosts(of: site) {
            let paths = try paths(host)
            let endpoint = "https://\(try address(host)):\(configuration.ports.etcdClient)"
            let client = try EtcdClient(
                EtcdTarget(
                    endpoints: [endpoint],
                    tls: EtcdTarget.TLS(
                        authority: paths.etcdAuthority, certificate: paths.etcdCertificate, key: paths.etcdKey
                    )))
            let status = try? await client.status(of: endpoint)
            try await client.shutdown()
            if let status, status.leader == status.member { return host }
        }
        throw HarnessError("no etcd member of '\(site)' leads")
    }
}
