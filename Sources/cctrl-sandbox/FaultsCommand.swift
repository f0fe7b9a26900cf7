import ArgumentParser
import FaultKit
import Glibc
import SandboxKit
import SiteConfiguration

/// `faults`: random faults under load, replayable by their seed.
struct Faults: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Break the cluster again and again while applications write, and check its promises each time.",
        discussion: """
            At every site clients write and remember each acknowledgement; servers are asked every 10 ms whether they \
            take writes. After each fault the cluster must become whole, every server must have each acknowledged \
            write once, and at intervals all tables and binary logs must agree.
            The same seed breaks the same things for the same time. Exit status 1: a promise was broken; the last \
            lines say which, and what to look at.
            Kinds: \(FaultKind.allCases.map(\.rawValue).joined(separator: ", ")).
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "The number that all chance comes from.")
    var seed: UInt64 = 1
    @Option(help: "How many faults.")
    var count = 50
    @Option(help: "Kinds of faults, with commas between them (default: all that this sandbox can do).")
    var kinds: String?
    @Option(help: "Begin with this one.")
    var first = 1
    @Option(help: "Writes a second at each site.")
    var rate = 200
    @Option(help: "A file for every detail.", completion: .file())
    var log: String?

    func validate() throws {
        guard (1...100_000).contains(count), (1...count).contains(first), (1...100_000).contains(rate) else {
            throw ValidationError("--count and --rate are 1 to 100000, --first is 1 to --count")
        }
        _ = try wanted()
    }

    private func wanted() throws -> [FaultKind]? {
        try kinds?.split(separator: ",").map { word in
            guard let kind = FaultKind(rawValue: String(word)) else {
                throw ValidationError("there is no fault '\(word)'; --help lists them")
            }
            return kind
        }
    }

    mutating func run() async throws {
        Interruption.prepare()
        let sandbox = try common.sandbox()
        let possible = try sandbox.kinds()
        let kinds = try wanted() ?? possible
        if let kind = kinds.first(where: { !possible.contains($0) }) {
            throw ValidationError("'\(kind.rawValue)' needs \(kind.preparation)")
        }
        let faultLog = try FaultLog(path: log) { say($0) }
        let cluster = try FaultCluster(sandbox: sandbox, log: faultLog)
        var plan = FaultPlan(
            seed: seed, count: count, kinds: kinds, sites: cluster.configuration.sites.map(\.name))
        plan.faults.removeFirst(first - 1)
        faultLog.line("seed \(seed), \(plan.faults.count) faults of \(kinds.count) kinds")
        var options = FaultRun.Options()
        options.rate = rate
        var run = FaultRun(cluster, options)
        do {
            try await run.run(plan)
        } catch let error as SandboxError where error.message == "interrupted" {
            FaultSummary(run.records).lines.forEach { faultLog.line($0) }
            faultLog.line("interrupted; what was killed, frozen or cut is still so: cctrl-sandbox status")
            throw ExitCode(130)
        } catch {
            FaultSummary(run.records).lines.forEach { faultLog.line($0) }
            faultLog.line("FAILED: \(error)")
            advise(cluster, after: run.records.count + first).forEach { faultLog.line($0) }
            throw ExitCode(1)
        }
        FaultSummary(run.records).lines.forEach { faultLog.line($0) }
    }

    private func advise(_ cluster: FaultCluster, after number: Int) -> [String] {
        ["This was fault \(number)."] + LookingAround(cluster).lines + [
            "Again: cctrl-sandbox faults --seed \(seed) --count \(count) --first \(number)"
                + (kinds.map { " --kinds \($0)" } ?? "")
        ]
    }
}
