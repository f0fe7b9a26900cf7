import ClusterModel
import SandboxKit
import SiteConfiguration

/// The cluster as a run of faults sees and touches it.
package struct FaultCluster: Sendable {
    package let sandbox: Sandbox
    package let configuration: ClusterConfiguration
    let sampler: WritableSampler
    let log: FaultLog

    package init(sandbox: Sandbox, log: FaultLog) throws {
        var sandbox = sandbox
        sandbox.report = { log.detail($0) }
        self.sandbox = sandbox
        self.log = log
        configuration = try sandbox.directory.readConfiguration()
        sampler = WritableSampler(configuration)
    }

    package var hosts: [HostName] { configuration.sites.flatMap(\.hosts) }

    func hosts(of site: SiteName) -> [HostName] { configuration.site(site)?.hosts ?? [] }

    // MARK: looking

    /// The one server of a site that takes writes.
    func primary(_ site: SiteName) async throws -> HostName {
        let found = try await wait(seconds: 60) { sampler.writable(site).count == 1 }
        guard found, let primary = sampler.writable(site).first else {
            throw FaultViolation("no server of '\(site)' takes writes")
        }
        return primary
    }

    func replicas(_ site: SiteName) async throws -> [HostName] {
        let primary = try await primary(site)
        return hosts(of: site).filter { $0 != primary }
    }

    func coordinator(_ site: SiteName) async throws -> HostName {
        for _ in 0..<50 {
            for host in hosts(of: site) {
                guard let text = await listing(host), let start = text.firstRange(of: "COORDINATOR[") else {
                    continue
                }
                let name = text[start.upperBound...].prefix { $0 != ":" }
                if let found = hosts(of: site).first(where: { $0.description == name }) { return found }
            }
            try await pause(.milliseconds(200))
        }
        throw FaultViolation("no manager of '\(site)' coordinates")
    }

    /// Nil where no manager answers there in time.
    func listing(_ host: HostName) async -> String? {
        do {
            return try await sandbox.besideTasks { try $0.cctrl(host, "ls", seconds: 10).output }
        } catch {
            return nil
        }
    }

    /// Whether every manager of every site sees its site whole.
    func isWhole() async -> Bool {
        for site in configuration.sites {
            for host in site.hosts {
                guard let text = await listing(host), Listing(text).isWhole(site) else { return false }
            }
        }
        return true
    }

    // MARK: touching

    func control(_ verb: ControlVerb, _ host: HostName, _ component: Component? = nil) async throws {
        let place = try Place(component.map { "\(host)/\($0.rawValue)" } ?? host.description)
        try await sandbox.besideTasks { try $0.control(verb, place) }
    }

    /// Runs a command on a host, and says what came of it in the log.
    @discardableResult
    func cctrl(_ host: HostName, _ command: String) async throws -> Bool {
        do {
            let run = try await sandbox.besideTasks { try $0.cctrl(host, command, seconds: 100) }
            let said = run.output.split(separator: "\n").last.map(String.init) ?? ""
            log.detail(
                "\(host)$ cctrl -e '\(command)': \(run.status == 0 ? said : "status \(run.status)\n\(run.output)")"
            )
            return run.status == 0
        } catch let error as SandboxError where error.message != "interrupted" {
            log.detail("\(host)$ cctrl -e '\(command)': \(error)")
            return false
        }
    }

    /// Starts what does not run, lets go on what is frozen, and heals the network.
    func mend() async throws {
        try await sandbox.besideTasks { sandbox in
            if sandbox.hasNetwork {
                if !(try sandbox.networkFaults()).isEmpty { try sandbox.heal() }
            }
            try sandbox.restoreGround()
            for row in try sandbox.status() {
                for (component, process) in row.processes where process.isFrozen {
                    do {
                        try sandbox.control(.cont, Place("\(row.host)/\(component.rawValue)"))
                    } catch let error as SandboxError {
                        // A manager that goes on kills a server that is still frozen.
                        let now = try sandbox.status().first { $0.host == row.host }?.processes[component]
                        if now?.isFrozen ?? false { throw error }
                    }
                }
            }
            for row in try sandbox.status() {
                for component in Component.allCases where row.processes[component] == nil {
                    try sandbox.control(.start, Place("\(row.host)/\(component.rawValue)"))
                }
            }
        }
    }

    // MARK: waiting

    /// - Throws: after Ctrl-C.
    func pause(_ duration: Duration) async throws {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end {
            try Interruption.check()
            try await Task.sleep(for: min(.milliseconds(100), end - .now))
        }
    }

    func wait(seconds: Double, until condition: () async throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            if try await condition() { return true }
            guard ContinuousClock.now < end else { return false }
            try await pause(.milliseconds(20))
        }
    }
}

/// The cluster broke a promise.
package struct FaultViolation: Error, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
