import ServerHarness
import SiteConfiguration
import Testing

extension RunningCluster {
    package static var cctrl: String { binaries + "/cctrl" }

    package func environment(_ host: String) -> [String] {
        ["CCTRL_CONFIG=\(configuration.path)", "CCTRL_HOST=\(host)", "TZ=UTC"]
    }

    /// Runs `cctrl -expert -e command` on a host.
    package func cctrl(
        _ host: String, _ command: String, options: [String] = ["-expert"], environment: [String] = [],
        seconds: Double = 100
    ) async throws -> ProgramRun {
        try await ProgramRun.run(
            Self.cctrl, options + ["-e", command], environment: self.environment(host) + environment,
            seconds: seconds)
    }

    /// Runs a command that must succeed.
    @discardableResult
    package func done(_ host: String, _ command: String) async throws -> ProgramRun {
        let run = try await cctrl(host, command)
        #expect(run.status == 0, "\(host): \(command): \(run.text)")
        return run
    }

    /// Runs a command that must be refused: its exit status, and each of the texts somewhere in its words.
    @discardableResult
    package func refused(
        _ host: String, _ command: String, status: Int32, _ texts: String..., environment: [String] = []
    ) async throws -> ProgramRun {
        let run = try await cctrl(host, command, environment: environment)
        #expect(run.status == status, "\(host): \(command): \(run.text)")
        for text in texts { #expect(run.errors.contains(text), "\(host): \(command): \(run.text)") }
        return run
    }

    package func listing(_ host: String) async throws -> SiteListing {
        SiteListing(try await cctrl(host, "ls").output)
    }

    /// Waits until `ls` on a host shows what is wanted.
    @discardableResult
    package func listing(
        _ host: String, _ what: String, seconds: Double = 30, until condition: (SiteListing) -> Bool
    ) async throws -> SiteListing {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            let listing = try await listing(host)
            if condition(listing) { return listing }
            guard ContinuousClock.now < end else {
                // What the cluster itself says of it is gone when the next test has begun.
                let site = ["east", "west"].flatMap { hosts(of: $0).contains(host) ? hosts(of: $0) : [] }
                let questions = site.flatMap { ["why \($0)", "why not \($0)"] } + ["history"]
                let told = try await cctrl(host, questions.joined(separator: "; "))
                throw HarnessError(
                    "not within \(Int(seconds)) s on \(host): \(what)\n\(listing)\n\(told.text)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The name of a site's primary, as a manager says that sees its site whole.
    package func primary(_ site: String) async throws -> String {
        let hosts = hosts(of: site)
        let listing = try await listing(hosts[0], "one primary") { $0.primaries.count == 1 }
        return listing.primaries[0]
    }

    package func coordinator(_ site: String) async throws -> String {
        let hosts = hosts(of: site)
        let listing = try await listing(hosts[0], "a coordinator") { hosts.contains($0.coordinator ?? "") }
        return listing.coordinator ?? ""
    }

    package func replicas(_ site: String) async throws -> [String] {
        let primary = try await primary(site)
        return hosts(of: site).filter { $0 != primary }
    }

    /// Waits until every manager of the sites sees its site whole.
    package func whole(_ sites: String..., primary: String? = nil, seconds: Double = 60) async throws {
        for site in sites.isEmpty ? ["east", "west"] : sites {
            let hosts = hosts(of: site)
            for host in hosts {
                try await listing(host, "the whole site \(site)", seconds: seconds) {
                    $0.isWhole(hosts, primary: primary)
                }
            }
        }
    }
}
