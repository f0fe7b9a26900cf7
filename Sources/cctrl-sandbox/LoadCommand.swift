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

    @Option(help: "Writes a second of all clients together, instead of a pause.")
    var rate: Int?

    @Option(
        help: "A file for a line a confirmation: microseconds since the first, client, its count.",
        completion: .file())
    var log: String?

    @Flag(help: "Make a connection of its own for every write.")
    var connect = false

    mutating func run() async throws {
        let configuration = try common.sandbox().directory.readConfiguration()
        guard let name = SiteName(site), let entry = configuration.site(name) else {
            throw ValidationError("there is no site '\(site)'")
        }
        guard (1...3600).contains(seconds), (1...256).contains(clients), (0...60_000).contains(pause),
            (1...100_000).contains(rate ?? 1)
        else {
            throw ValidationError(
                "seconds are 1 to 3600, clients 1 to 256, the pause 0 to 60000, the rate 1 to 100000")
        }
        let load = LoadKit.Load(
            LoadOptions(
                addresses: entry.routers.map { configuration.address(of: $0) },
                port: configuration.ports.write,
                user: configuration.applicationUser, password: configuration.applicationPassword,
                clients: clients,
                pause: .milliseconds(pause), rate: rate, connectEachTime: connect))
        settleDisks()
        try await load.prepare()
        let duration = Duration.seconds(seconds)
        Task {
            try await Task.sleep(for: duration)
            load.stop()
        }
        let result = try await load.write()
        report(result)
        try writeLog(result)
        guard try await load.compare(result, with: configuration) else { throw ExitCode(1) }
    }

    private func writeLog(_ result: LoadResult) throws {
        guard let log, let first = result.confirmations.first?.at else { return }
        var text = ""
        for one in result.confirmations {
            let time = Int(first.duration(to: one.at) / .microseconds(1))
            text += "\(time) \(one.name.client) \(one.name.sequence)\n"
        }
        try Files.write(text, to: log)
    }

    private func report(_ result: LoadResult) {
        let rate = Int(Double(result.acknowledged.count) / max(result.seconds, 0.001))
        print("confirmed \(result.acknowledged.count) writes, \(rate) a second")
        print("longest time without a confirmation: \(Int(result.largestGap)) ms")
        print(
            "failed connections: \(result.connectFailures); writes without an answer: \(result.unknown.count)"
        )
        for (error, number) in result.errors.sorted(by: { $0.value > $1.value }) {
            print("  \(number) x \(error)")
        }
    }
}
