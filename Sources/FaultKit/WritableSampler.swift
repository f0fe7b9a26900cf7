import ClusterModel
import MariaDBClient
import SiteConfiguration
import Synchronization

/// Asks every server every 10 ms, over connections that are kept, whether it takes writes.
package final class WritableSampler: Sendable {
    private let configuration: ClusterConfiguration
    private let watches: Mutex<[SiteName: WriterWatch]>
    private let looks = Mutex(0)

    package init(_ configuration: ClusterConfiguration) {
        self.configuration = configuration
        watches = Mutex(
            Dictionary(uniqueKeysWithValues: configuration.sites.map { ($0.name, WriterWatch()) }))
    }

    /// Looks until the task is cancelled.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            for site in configuration.sites {
                for host in site.hosts { group.addTask { await self.watch(host, of: site.name) } }
            }
        }
    }

    /// Servers of a site that took writes when last seen.
    package func writable(_ site: SiteName) -> [HostName] { watches.withLock { $0[site]?.writable ?? [] } }

    /// How many answers there were.
    package var count: Int { looks.withLock { $0 } }

    /// The overlaps found since this was last asked.
    package func takeOverlaps() -> [WriterOverlap] {
        watches.withLock { watches in
            let found = watches.values.flatMap(\.overlaps)
            for site in watches.keys { watches[site]?.forgetOverlaps() }
            return found
        }
    }

    private func watch(_ host: HostName, of site: SiteName) async {
        let target = MariaDBTarget(
            endpoint: .tcp(host: configuration.address(of: host), port: configuration.ports.server),
            user: configuration.applicationUser, password: configuration.applicationPassword,
            connectTimeout: 2, programName: "cctrl-faults")
        var session: MariaDBSession?
        while !Task.isCancelled {
            do throws(MariaDBError) {
                let link: MariaDBSession
                if let session { link = session } else { link = try MariaDBSession(target) }
                session = link
                let asked = ContinuousClock.now
                // Long: the answer of a server that was frozen is its first word after it was thawed.
                let rows = try await link.query("SELECT @@read_only", deadline: .seconds(60))
                note(
                    WritableSample(
                        host: host, asked: asked, answered: .now, isWritable: rows.first?[0] == "0"), site)
            } catch {
                watches.withLock { $0[site]?.lost(host) }
            }
            // Cancelled: the loop ends.
            _ = try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func note(_ sample: WritableSample, _ site: SiteName) {
        looks.withLock { $0 += 1 }
        watches.withLock { $0[site]?.note(sample) }
    }
}
