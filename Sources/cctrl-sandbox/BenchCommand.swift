import ArgumentParser
import SandboxKit

/// The command `bench`.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time 'cctrl -e ls' beside 'mariadb -e \"select 1\"', whole processes with TLS.")

    @Option(help: "How often each is run.")
    var runs = 50
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...10_000).contains(runs) else { throw ValidationError("--runs must be from 1 to 10000") }
    }

    func run() throws {
        try answering {
            settleDisks()
            let report = try common.sandbox().bench(runs: runs)
            say("\(runs) runs each, milliseconds")
            report.rows.forEach(tell)
            if report.rows.count > 1, report.rows[1].median > 0 {
                say("ratio of the first two medians \(digits(report.rows[0].median / report.rows[1].median))")
            }
            say("")
            say("where 'cctrl -e ls' spends its time")
            report.shares.forEach(tell)
        }
    }

    private func tell(_ row: ProcessTimes) {
        let name = row.name + String(repeating: " ", count: max(0, 32 - row.name.utf8.count))
        say("\(name) median \(digits(row.median))  least \(digits(row.minimum))  most \(digits(row.maximum))")
    }

    /// With two digits behind the point.
    private func digits(_ value: Double) -> String {
        let units = Int((value * 100).rounded())
        let fraction = units % 100
        return "\(units / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
