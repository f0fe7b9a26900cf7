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
            Failed connections are new ones; a session that a switch cuts is one that its client has to open again.
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
        if naive && blocked { throw ValidationError("--naive and --blocked are two different things") }
    }

    @Flag(
        help: ArgumentHelp(
            "Switch as a script would, for comparison: read-only, wait, repoint, open, route.",
            discussion: "The site's managers are killed meanwhile, and started again afterwards."))
    var naive = false

    @Flag(
        help: ArgumentHelp(
            "Have a 30 s UPDATE run each time: every switch must be refused, and name it.",
            discussion: "Then the times until the refusal are told, and how long other writers waited."))
    var blocked = false

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
        settleDisks()
        try await load.prepare()
        let script = naive ? try await NaiveSwitch(entry, configuration, sandbox) : nil
        let update = blocked ? try await LongUpdate(beside: load) : nil
        do {
            try await script?.begin()
            let windows = try await measure(load) {
                if let script { return try await script.run() }
                if let update { return try await update.during { try await sandbox.timeSwitch(at: host) } }
                return try await sandbox.timeSwitch(at: host)
            }
            try await script?.end()
            try await conclude(load, windows, configuration)
        } catch {
            // Managers that are back put everything in its place.
            try await script?.end()
            throw error
        }
    }

    /// Switches again and again while the load writes.
    private func measure(
        _ load: LoadKit.Load, _ once: @escaping @Sendable () async throws -> SwitchWindow
    ) async throws -> Measured {
        let switching = Task { [count] in
            defer { load.stop() }
            var windows: [SwitchWindow] = []
            try await Task.sleep(for: .seconds(1))
            for number in 1...count {
                windows.append(try await once())
                if number % 10 == 0 { say("\(number) of \(count) switches") }
                try await Task.sleep(for: .milliseconds(500))
            }
            return windows
        }
        let result = try await load.write()
        return Measured(result: result, windows: try await switching.value)
    }

    private struct Measured: Sendable {
        var result: LoadResult
        var windows: [SwitchWindow]
    }

    private func conclude(
        _ load: LoadKit.Load, _ measured: Measured, _ configuration: ClusterConfiguration
    ) async throws {
        if blocked {
            reportRefusals(measured.result, measured.windows)
        } else {
            report(measured.result, measured.windows)
        }
        let isRight = try await load.compare(measured.result, with: configuration)
        let hasFailed = measured.windows.contains { window in
            guard let problem = window.problem, window.isRefused else {
                return blocked || window.problem != nil
            }
            return blocked && !problem.contains(LongUpdate.text)
        }
        if !isRight || hasFailed { throw ExitCode(1) }
    }

    private func reportRefusals(_ result: LoadResult, _ windows: [SwitchWindow]) {
        let refused = windows.filter(\.isRefused)
        let waits = GapSummary(
            refused.compactMap { result.gap(between: $0.start, and: $0.end + .milliseconds(250)) })
        let times = GapSummary(refused.map { LoadKit.Load.milliseconds($0.start.duration(to: $0.end)) })
        let named = refused.count { $0.problem?.contains(LongUpdate.text) ?? false }
        say(
            "\(refused.count) of \(windows.count) switches of \(site) refused, \(named) with the UPDATE's name"
        )
        say("until the refusal, in ms: \(times)")
        say("other writers waited, in ms: \(waits)")
        for window in windows where !window.isRefused { say("not refused: \(window.problem ?? "done")") }
    }

    private func report(_ result: LoadResult, _ windows: [SwitchWindow]) {
        let done = windows.filter { $0.problem == nil }
        let gaps = GapSummary(
            done.compactMap { result.gap(between: $0.start, and: $0.end + .milliseconds(250)) })
        let speed = Int(Double(result.acknowledged.count) / max(result.seconds, 0.001))
        let kind = (naive ? "naive switches" : "switches") + (connect ? ", a connection a write" : "")
        say("\(done.count) \(kind) of \(site), \(clients) clients, \(speed) confirmed writes a second")
        say("gap in ms: \(gaps)")
        if gaps.count < done.count {
            say(
                "\(done.count - gaps.count) more without a figure: nothing was confirmed before or after them"
            )
        }
        say(
            "clients saw: failed connections \(result.connectFailures), sessions cut \(result.cutSessions), refused"
                + " writes \(result.refusedWrites), outcome unknown \(result.unknown.count)")
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
    ///
    /// What is missing counts as lost when nothing has come for half a minute.
    /// - Returns: whether nothing was lost or repeated.
    func compare(_ result: LoadResult, with configuration: ClusterConfiguration) async throws -> Bool {
        var isRight = true
        for host in configuration.sites.flatMap(\.hosts) {
            let address = configuration.address(of: host)
            var verdict = try await verify(result, on: address, port: configuration.ports.server)
            var lastCame = ContinuousClock.now
            var nextWord = ContinuousClock.now + .seconds(5)
            while verdict.lost > 0, lastCame.duration(to: .now) < .seconds(30) {
                if ContinuousClock.now >= nextWord {
                    say("\(host): \(verdict.lost) of \(result.acknowledged.count) writes are still to come")
                    nextWord = .now + .seconds(10)
                }
                try await Task.sleep(for: .milliseconds(verdict.lost > 1000 ? 1000 : 200))
                let before = verdict.lost
                verdict = try await verify(result, on: address, port: configuration.ports.server)
                if verdict.lost < before { lastCame = .now }
            }
            say("\(host): \(verdict.rows) rows, lost \(verdict.lost), repeated \(verdict.repeated)")
            isRight = isRight && verdict.isRight
        }
        return isRight
    }
}
