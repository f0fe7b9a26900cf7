import ArgumentParser
import ClusterModel
import FaultKit
import SandboxKit
import SiteConfiguration

/// `failovers`: what clients notice when primaries die.
struct Failovers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Take a site's primary away again and again under load, and tell the gaps that clients saw.",
        discussion: """
            The gap of a failover is the longest time without an acknowledged write from the fault until the former \
            primary is brought back. The cluster is whole again before the next.
            server-kill and server-stop: SIGKILL and SIGSTOP of the primary's server. host-kill: SIGKILL of all of its \
            host. host-cut: its host reaches no other (needs up --netns).
            Exit status 1: nobody took the primary's place, or something was lost or repeated.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("The site.", valueName: "name"))
    var site = "east"
    @Option(help: "server-kill, server-stop, host-kill or host-cut.")
    var kind = FailoverKind.serverKill.rawValue
    @Option(help: "How many failovers.")
    var count = 20
    @Option(help: "Clients side by side.")
    var clients = 8
    @Option(help: "Writes a second of all clients together.")
    var rate = 200
    @Option(
        help: """
            Writes a second at the other sites: on one machine all sites share processors and a disk, which the hosts \
            of two sites never do.
            """)
    var rateElsewhere = 40
    @Option(help: "A file for every detail.", completion: .file())
    var log: String?

    func validate() throws {
        guard (1...10_000).contains(count), (1...256).contains(clients),
            [rate, rateElsewhere].allSatisfy((1...100_000).contains)
        else {
            throw ValidationError(
                "--count is 1 to 10000, --clients 1 to 256, --rate and --rate-elsewhere 1 to 100000")
        }
        guard FailoverKind(rawValue: kind) != nil else {
            let known = FailoverKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--kind is one of \(known)")
        }
    }

    mutating func run() async throws {
        Interruption.prepare()
        let sandbox = try common.sandbox()
        guard let kind = FailoverKind(rawValue: kind) else { return }
        guard sandbox.hasNetwork || !kind.needsNetwork else {
            throw ValidationError("'\(kind.rawValue)' needs hosts with a network of their own: up --netns")
        }
        let faultLog = try FaultLog(path: log) { say($0) }
        let cluster = try FaultCluster(sandbox: sandbox, log: faultLog)
        guard let site = SiteName(site), cluster.configuration.site(site) != nil else {
            throw ValidationError("there is no site '\(self.site)'")
        }
        var options = FaultRun.Options()
        options.rate = rate
        options.rateElsewhere = rateElsewhere
        options.clients = clients
        settleDisks()
        var run = FaultRun(cluster, options)
        do {
            try await run.failovers(kind, count: count, site: site)
        } catch {
            faultLog.line("FAILED: \(error)")
            LookingAround(cluster).lines.forEach { faultLog.line($0) }
            throw ExitCode(1)
        }
    }
}

/// Where a person finds out more, after a promise was broken.
struct LookingAround {
    var lines: [String]

    init(_ cluster: FaultCluster) {
        let path = cluster.sandbox.directory.path
        lines = [
            "The cluster is left as it is; to look at:",
            "  \(path)/hosts/HOST/log/manager.log and mysql.log, from the time of the fault on",
            "  mariadb-binlog \(path)/hosts/HOST/mysql/data/HOST-bin.0*; cctrl -e 'ls; operation list'",
        ]
    }
}
