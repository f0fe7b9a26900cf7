import ClusterModel
import Glibc
import SandboxKit
import ServerHarness
import SiteConfiguration

extension RunningCluster {
    /// Makes the cluster anew where an earlier test has left it broken, so that its failure does not become that of
    /// others, nor their time.
    package func mend() async throws {
        let end = ContinuousClock.now + .seconds(15)
        repeat {
            if try await isWhole() { return }
            try await Task.sleep(for: .milliseconds(200))
        } while ContinuousClock.now < end
        guard !isKept else { throw HarnessError("an earlier test has left the cluster broken; it is kept") }
        // A manager that was to be killed in a switch that never came.
        for host in hosts() { unlink("\(haltFiles).\(host)") }
        let sandbox = sandbox
        let options = options
        try await besideTasks {
            // What is frozen would have to be waited for.
            for process in try sandbox.status().flatMap(\.processes.values) where process.isFrozen {
                kill(process.pid, SIGCONT)
            }
            try sandbox.down(purge: true)
            try sandbox.up(options)
        }
        try await whole()
    }

    private func isWhole() async throws -> Bool {
        for site in ["east", "west"] {
            let hosts = hosts(of: site)
            for host in hosts {
                let listing = try await listing(host)
                guard listing.isWhole(hosts), listing.description.contains(":AUTOMATIC:ONLINE]") else {
                    return false
                }
            }
        }
        return true
    }
}
