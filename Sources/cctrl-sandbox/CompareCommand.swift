import ArgumentParser
import ClusterModel
import LoadKit
import SandboxKit
import SiteConfiguration

/// `compare`: whether all servers of all sites have the same rows.
struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare the applications' tables on all servers, by their checksums.",
        discussion: """
            Servers that still apply what others have written are waited for. Exit status 1: they differ.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "How long to wait until all are equal.")
    var seconds = 60

    mutating func run() async throws {
        let configuration = try common.sandbox().directory.readConfiguration()
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            var sums: [HostName: TableSums] = [:]
            for host in configuration.sites.flatMap(\.hosts) {
                sums[host] = try await TableSums.read(
                    configuration.address(of: host), port: configuration.ports.server,
                    user: configuration.applicationUser, password: configuration.applicationPassword)
            }
            let first = sums.values.first
            if sums.values.allSatisfy({ $0 == first }) {
                return say("\(sums.count) servers have the same rows in \(first?.sums.count ?? 0) tables")
            }
            guard ContinuousClock.now < deadline else {
                for (host, found) in sums.sorted(by: { $0.key < $1.key }) {
                    let text = found.sums.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                    say("\(host): \(text.joined(separator: ", "))")
                }
                throw ExitCode(1)
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}
