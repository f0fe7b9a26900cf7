import ClusterModel
import SiteConfiguration

extension Sandbox {
    /// Asks each site's managers, through `cctrl` as an operator would, until they report what they should.
    ///
    /// A new sandbox must come up whole. In one that has lived, an operator may have taken parts out: it must answer,
    /// and what is not online is told.
    func awaitManagers(_ configuration: ClusterConfiguration, _ programs: Programs, isNew: Bool) throws {
        let seconds = isNew ? 90.0 : 30.0
        for site in configuration.sites {
            var last = ""
            try step("site \(site.name)") {
                let ready = try Deadline(seconds: seconds).wait {
                    last = try list(site, configuration, programs)
                    return Listing(last).isWhole(site)
                }
                if ready {
                    // The first latency takes the first transaction; nothing depends on it but the first look.
                    _ = try Deadline(seconds: 5).wait {
                        try !list(site, configuration, programs).contains("latency=-1.000")
                    }
                    return "every data source and router online"
                }
                guard !isNew, Listing(last).answers else {
                    let log =
                        HostPaths(host: site.initialPrimary, in: configuration).logDirectory + "/manager.log"
                    throw SandboxError(
                        "the managers of '\(site.name)' do not report the whole site online within "
                            + "\(Int(seconds)) seconds. The last answer:\n\(last)\n\(log) ends with\n"
                            + Files.tail(log))
                }
                return "answers, but not everything is online (cctrl: ls)"
            }
        }
    }

    /// Waits until a site's managers see it whole, as after a benchmark that had stopped them.
    package func awaitWhole(_ site: SiteEntry, seconds: Double = 90) throws {
        let configuration = try directory.readConfiguration()
        let programs = try Programs(binaries: binaries, managers: true)
        var last = ""
        let ready = try Deadline(seconds: seconds).wait {
            last = try list(site, configuration, programs)
            return Listing(last).isWhole(site)
        }
        guard ready else {
            throw SandboxError(
                "the site '\(site.name)' is not whole within \(Int(seconds)) seconds. The last answer:\n\(last)"
            )
        }
    }

    private func list(
        _ site: SiteEntry, _ configuration: ClusterConfiguration, _ programs: Programs
    ) throws -> String {
        do {
            return try Spawn.run(
                programs.shell, ["-e", "ls"],
                environment: ["CCTRL_CONFIG": configuration.path, "CCTRL_HOST": site.hosts[0].description],
                seconds: 5
            ).output
        } catch {
            // A shell that hangs while managers come up is asked again until the time is over.
            try Interruption.check()
            return "\(error)"
        }
    }
}

/// The parts of a classic `ls` that tell whether a site is whole.
package struct Listing {
    private let lines: [Substring]

    package init(_ text: String) { lines = text.split(separator: "\n") }

    package var answers: Bool { lines.contains { $0.contains("COORDINATOR[") } }

    /// One primary, all others replicas, every router, all online, and every replication connection encrypted.
    package func isWhole(_ site: SiteEntry) -> Bool {
        let primaries = lines.count { $0.contains("(master:ONLINE") }
        let replicas = lines.count { $0.contains("(slave:ONLINE") }
        let routers = lines.count { $0.contains("connector@") && $0.contains("(ONLINE") }
        let replicators = lines.count { $0.contains("REPLICATOR(") && $0.contains("state=ONLINE") }
        let encrypted = lines.count { $0.contains("STATUS [OK]") && $0.contains("[SSL]") }
        // A primary that receives no other site replicates from nobody.
        let connected = site.receives.isEmpty ? site.hosts.count - 1 : site.hosts.count
        guard replicators == site.hosts.count, encrypted >= connected else { return false }
        return answers && primaries == 1 && replicas == site.hosts.count - 1 && routers == site.routers.count
    }
}
