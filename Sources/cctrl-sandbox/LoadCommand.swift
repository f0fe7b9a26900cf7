import ArgumentParser
import ClusterModel
import LoadKit
import SandboxKit
import SiteConfiguration

/// `load`: writes through the routers of a site, and looks afterwards whether anything confirmed is missing.
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Write through a site's routers, and check that nothing confirmed is lost or repeated.",
        discussion: """
            Each client writes through the write port of one of the site's routers, reconnects as applications do,
            and remembers what was confirmed. At the end every server of the cluster is compared with that.
            Exit status 1: something was lost or repeated.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("The site to write to.", valueName: "name"))
    var site = "east"

    @Option(help: "How long, in seconds.")
    var seconds = 10

    @Option(help: "Clients side by side.")
    var clients = 8

    @Option(help: "Pause of each client between two writes, in milliseconds.")
    var pause = 5

    @Flag(help: "Make a connection of its own for every write.")
    var connect = false

    mutating func run() async throws {
        let configuration = try common.sandbox().directory.readConfiguration()
        guard let name = SiteName(site), let entry = configuration.site(name) else {
            throw ValidationError("there is no site '\(site)'")
        }
        guard (1...3600).contains(seconds), (1...256).contains(clients), (0...60_000).contains(pause) else {
            throw ValidationError("seconds are 1 to 3600, clients 1 to 256, the pause 0 to 60000")
        }
        let load = LoadKit.Load(
            LoadOptions(
                addresses: entry.routers.map { configuration.address(of: $0) },
                port: configuration.ports.write,
                user: configuration.applicationUser, password: configuration.applicationPassword,
                clients: clients,
                pause: .milliseconds(pause), connectEachTime: connect))
        try await load.prepare()
        let duration = Duration.seconds(seconds)
        Task {
            try await Task.sleep(for: duration)
            load.stop()
        }
        let result = try await load.write()
        report(result)
        try await compare(load, result, configuration)
    }

    private func report(_ result: LoadResult) {
        let rate = Int(Double(result.acknowledged.count) / max(result.seconds, 0.001))
        print("confirmed \(result.acknowledged.count) writes, \(rate) a second")
        print("largest gap between two confirmations: \(Int(result.largestGap)) ms")
        print(
            "failed connections: \(result.connectFailures); writes without an answer: \(result.unknown.count)"
        )
        for (error, number) in result.errors.sorted(by: { $0.value > $1.value }) {
            print("  \(number) x \(error)")
        }
    }

    private func compare(
        _ load: LoadKit.Load, _ result: LoadResult, _ configuration: ClusterConfiguration
    ) async throws {
        var wrong = false
        for host in configuration.sites.flatMap(\.hosts) {
            let address = configuration.address(of: host)
            var verdict = try await load.verify(result, on: address, port: configuration.ports.server)
            // Replicas, and the other site's above all, may still be applying.
            let deadline = ContinuousClock.now + .seconds(30)
            while verdict.lost > 0, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(200))
                verdict = try await load.verify(result, on: address, port: configuration.ports.server)
            }
            print("\(host): \(verdict.rows) rows, lost \(verdict.lost), repeated \(verdict.repeated)")
            wrong = wrong || !verdict.isRight
        }
        if wrong { throw ExitCode(1) }
    }
}
