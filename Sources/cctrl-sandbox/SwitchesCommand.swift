import ArgumentParser
import ClusterModel
import LoadKit
import SandboxKit
import SiteConfiguration

/// `switches`: what clients notice of many switches, one after the other.
struct Switches: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Switch a site's primary again and again under load, and tell the gaps that clients saw.",
        discussion: """
            The gap of a switch is the longest time without any confirmed write from its command to a quarter of a
            second after it. At the end every server is compared with what was confirmed.
            Exit status 1: something was lost or repeated, or a switch failed; one that a rule refused is told.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("The site.", valueName: "name"))
    var site = "east"

    @Option(help: "How many switches.")
    var count = 50

    @Option(help: "Clients side by side.")
    var clients = 16

    @Option(help: "Writes a second of all clients together; 0 as many as they can.")
    var rate = 200

    @Flag(help: "Make a connection of its own for every write.")
    var connect = false

    func validate() throws {
        guard (1...10_000).contains(count), (1...256).contains(clients), (0...100_000).contains(rate) else {
            throw ValidationError("--count is 1 to 10000, --clients 1 to 256, --rate 0 to 100000")
        }
    }

    mutating func run() async throws {
        let sandbox = try common.sandbox()
        let configuration = try sandbox.directory.readConfiguration()
        guard let name = SiteName(site), let entry = configuration.site(name), let host = entry.hosts.last
        else { throw ValidationError("there is no site '\(site)'") }
        let load = LoadKit.Load(
            LoadOptions(
                addresses: entry.routers.map { configuration.address(of: $0) },
                port: configuration.ports.write, user: configuration.applicationUser,
                password: configuration.applicationPassword, clients: clients, pause: .zero,
                rate: rate == 0 ? nil : rate, connectEachTime: connect))
        try await load.prepare()
        let switching = Task { [count] in
            var windows: [SwitchWindow] = []
            try await Task.sleep(for: .seconds(1))
            for number in 1...count {
                windows.append(try await sandbox.timeSwitch(at: host))
                if number % 10 == 0 { say("\(number) of \(count) switches") }
                try await Task.sleep(for: .milliseconds(500))
            }
            load.stop()
            return windows
        }
        let result = try await load.write()
        let windows = try await switching.value
        report(result, windows)
        let isRight = try await load.compare(result, with: configuration)
        if !isRight || windows.contains(where: { $0.problem != nil && !$0.isRefused }) { throw ExitCode(1) }
    }

    private func report(_ result: LoadResult, _ windows: [SwitchWindow]) {
        let gaps = windows.filter { $0.problem == nil }
            .compactMap { result.gap(between: $0.start, and: $0.end + .milliseconds(250)) }.sorted()
        func percentile(_ share: Double) -> String {
            guard !gaps.isEmpty else { return "-" }
            let index = min(gaps.count - 1, Int(share * Double(gaps.count)))
            return "\((gaps[index] * 10).rounded() / 10)"
        }
        let speed = Int(Double(result.acknowledged.count) / max(result.seconds, 0.001))
        say("\(gaps.count) switches of \(site), \(clients) clients, \(speed) confirmed writes a second")
        say("gap in ms: median \(percentile(0.5))  p95 \(percentile(0.95))  max \(percentile(1))")
        say("failed connections \(result.connectFailures), cut statements \(result.unknown.count)")
        for (error, number) in result.errors.sorted(by: { $0.value > $1.value }) {
            say("  \(number) x \(error)")
        }
        let refused = windows.filter(\.isRefused)
        if let reason = refused.first?.problem?.split(separator: "\n").first(where: { $0.hasPrefix("ERROR") })
        {
            say("refused \(refused.count); the first: \(reason)")
        }
        for window in windows where !window.isRefused {
            if let problem = window.problem { say("failed: \(problem)") }
        }
    }
}

extension LoadKit.Load {
    /// Compares every server with what was confirmed; replicas, and the other site's above all, may still be applying.
    /// - Returns: whether nothing was lost or repeated.
    func compare(_ result: LoadResult, with configuration: ClusterConfiguration) async throws -> Bool {
        var isRight = true
        for host in configuration.sites.flatMap(\.hosts) {
            let address = configuration.address(of: host)
            var verdict = try await verify(result, on: address, port: configuration.ports.server)
            let deadline = ContinuousClock.now + .seconds(30)
            while verdict.lost > 0, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(200))
                verdict = try await verify(result, on: address, port: configuration.ports.server)
            }
            say("\(host): \(verdict.rows) rows, lost \(verdict.lost), repeated \(verdict.repeated)")
            isRight = isRight && verdict.isRight
        }
        return isRight
    }
}
