import AdminProtocol
import ClusterModel
import EtcdClient
import Glibc
import SiteConfiguration

/// One host goes on alone when most of its site is lost for good: its etcd member forgets all others.
///
/// There is no majority that could be asked, so a person answers for what nobody can know: that no other host goes on.
package struct LastManStanding: Sendable {
    package let host: HostName
    package let site: SiteEntry
    private let configuration: ClusterConfiguration
    private let paths: HostPaths
    private let client: EtcdClient

    /// - Throws: where a certificate cannot be used, or etcd is not the managers' own.
    package init(host: HostName, in configuration: ClusterConfiguration) throws(Refusal) {
        guard let site = configuration.site(of: host) else {
            throw Refusal(.badArgument, "'\(host)' is not a host of any site in \(configuration.path)")
        }
        guard configuration.etcdEndpoints.isEmpty else {
            throw Refusal(
                .wrongState,
                "this site uses an etcd of its own kind (etcd-endpoints), not one that the managers run; nothing was"
                    + " changed", hint: "see to that etcd's majority with its own tools")
        }
        guard site.hosts.contains(host) else {
            throw Refusal(
                .wrongState, "'\(host)' is a witness: it has no data to go on with; nothing was changed",
                hint: "run this on the host that is left, one of: "
                    + site.hosts.map(\.description).joined(separator: ", "))
        }
        self.host = host
        self.site = site
        self.configuration = configuration
        paths = HostPaths(host: host, in: configuration)
        do throws(EtcdError) {
            client = try EtcdProcess.client(host: host, site: site, in: configuration)
        } catch {
            throw Refusal(.badCertificate, "\(error)", hint: "run this as the user whom the manager runs as")
        }
    }

    /// What must be typed.
    package var sentence: String { "\(host) goes on alone" }

    /// What a person must know first.
    package var warning: String {
        let others = site.voters.filter { $0 != host }.map(\.description).joined(separator: " and ")
        return """
            The etcd member of '\(host)' will forget those of \(others), and \(site.name) goes on with this host alone.
            Only where they are lost for good: they must be off now, and stay off until they can reach this host
            again. Two of them that start without it would be a second \(site.name), with a primary of its own.
            What was written there and has not come here is given up.
            """
    }

    /// - Throws: where there is a majority, or the other hosts can make one.
    package func check() async throws(Refusal) {
        guard access(paths.etcdData + "/member", F_OK) == 0 else {
            throw Refusal(
                .wrongState,
                "'\(host)' has no etcd data in \(paths.etcdData): there is nothing to go on with",
                hint: "--host, and --config, of the host that is left")
        }
        var answering: [HostName] = []
        for other in site.voters where other != host {
            if (try? await client.status(of: endpoint(of: other))) != nil { answering.append(other) }
        }
        guard answering.count + 1 < site.voters.count / 2 + 1 else {
            let names = answering.map(\.description).joined(separator: " and ")
            throw Refusal(
                .wrongState,
                "\(site.name) has a majority, or can have one: the etcd of \(names) answers; nothing was changed",
                hint: "cctrl -e 'members'")
        }
    }

    /// Lets the manager start its etcd member anew, as the only one, and waits until that can be written to.
    package func begin() async throws(Refusal) {
        guard SmallFile.write(Array("\(site.name)\n".utf8), to: paths.etcdAlone) else {
            throw Refusal(
                .failed,
                "\(paths.etcdAlone) cannot be written: \(String(cString: strerror(errno))); nothing was changed"
            )
        }
        await EtcdProcess.end(paths)
        let end = ContinuousClock.now + .seconds(40)
        while ContinuousClock.now < end {
            // Read by a majority, which is this member alone.
            if access(paths.etcdAlone, F_OK) != 0, await isServing() { return }
            try? await Task.sleep(for: .milliseconds(200))
        }
        throw Refusal(
            .timedOut, "the etcd of '\(host)' does not answer yet: its manager is to start it, alone",
            hint: "start the manager of \(host); its log, and etcd.log beside it")
    }

    package func close() async {
        do { try await client.shutdown() } catch {
            // Nothing is to be kept; the program ends.
            return
        }
    }

    private func isServing() async -> Bool {
        do throws(EtcdError) {
            let members = try await client.members(of: endpoint(of: host))
            let leader = try await client.status(of: endpoint(of: host)).leader
            return members.count == 1 && leader != 0
        } catch {
            return false
        }
    }

    private func endpoint(of host: HostName) -> String {
        "https://\(configuration.address(of: host)):\(configuration.ports.etcdClient)"
    }
}
