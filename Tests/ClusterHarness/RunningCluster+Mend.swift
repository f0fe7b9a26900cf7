import ClusterModel
import SandboxKit
import ServerHarness
import SiteConfiguration

extension RunningCluster {
    /// Brings back what an earlier test has left broken, so that its failure does not become that of others.
    package func mend() async throws {
        var isWhole = true
        for site in ["east", "west"] {
            let hosts = hosts(of: site)
            for host in hosts where isWhole {
                let listing = try await listing(host)
                isWhole = listing.isWhole(hosts) && listing.description.contains(":AUTOMATIC:ONLINE]")
            }
        }
        if isWhole { return }
        let sandbox = sandbox
        try sandbox.restoreGround()
        for row in try sandbox.status() {
            let host = row.host.description
            for (component, process) in row.processes where process.isFrozen {
                try await control(.cont, "\(host)/\(component.rawValue)")
            }
            try await control(.start, host)
        }
        for site in ["east", "west"] {
            let host = hosts(of: site)[0]
            let end = ContinuousClock.now + .seconds(60)
            // Right after a restart a command may meet a site without a coordinator.
            while ContinuousClock.now < end {
                let run = try await cctrl(
                    host, "set policy automatic; router * online; set force true; recover")
                if run.status == 0 { break }
                try await Task.sleep(for: .milliseconds(300))
            }
        }
        try await whole()
    }
}
