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
            let results = try common.sandbox().bench(runs: runs)
            say("\(runs) runs each, milliseconds")
            for result in results {
                let name = result.name + String(repeating: " ", count: max(0, 18 - result.name.utf8.count))
                say("\(name) median \(tenths(result.median))  max \(tenths(result.maximum))")
            }
            if let first = results.first, let last = results.last, last.median > 0 {
                say("ratio of medians \(tenths(first.median / last.median * 10, divisor: 100))")
            }
        }
    }

    /// With one digit behind the point, or two where `divisor` is 100.
    private func tenths(_ value: Double, divisor: Int = 10) -> String {
        let units = Int((value * 10).rounded())
        let fraction = String(units % divisor)
        let zeros = String(repeating: "0", count: divisor == 100 && fraction.utf8.count == 1 ? 1 : 0)
        return "\(units / divisor).\(zeros)\(fraction)"
    }
}
