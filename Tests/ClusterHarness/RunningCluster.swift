import ClusterModel
import Glibc
import SandboxKit
import ServerHarness
import SiteConfiguration
import Testing

/// A whole cluster, managers included, that runs while the tests of one suite do.
package struct RunningCluster: Sendable {
    @TaskLocal package static var current: RunningCluster?

    package let sandbox: Sandbox
    package let configuration: ClusterConfiguration
    /// What managers are told by `CCTRL_TEST_HALT`.
    let haltFiles: String
    /// How the cluster was made, and is made anew.
    let options: SandboxOptions
    /// Whether somebody wants to look at it after a failure.
    let isKept: Bool

    /// The programs of this build: beside the program that runs the tests.
    package static var binaries: String {
        // The optimized programs can be put to the same test: make test-release.
        if let other = getenv("CCTRL_BINARIES") { return String(cString: other) }
        guard let path = realpath("/proc/self/exe", nil) else { return "/" }
        defer { free(path) }
        let text = String(cString: path)
        return text.lastIndex(of: "/").map { String(text[..<$0]) } ?? "/"
    }

    /// Whether the tests can run; with `CCTRL_INTEGRATION` set they must, and fail where they cannot.
    package static var canRun: Bool {
        if getenv("CCTRL_INTEGRATION") != nil { return true }
        let programs = [
            "/usr/sbin/mariadbd", "/usr/sbin/haproxy", "/usr/bin/etcd", binaries + "/cctrl-manager",
        ]
        return programs.allSatisfy { access($0, X_OK) == 0 }
    }

    /// Hosts of both sites, or of one, by name.
    package func hosts(of site: String? = nil) -> [String] {
        configuration.sites.filter { site == nil || $0.name.description == site }
            .flatMap { $0.hosts.map(\.description) }
    }

    package func name(_ host: String) throws -> HostName {
        guard let name = HostName(host) else { throw HarnessError("'\(host)' is no host name") }
        return name
    }

    package func address(_ host: String) throws -> String { configuration.address(of: try name(host)) }

    package func paths(_ host: String) throws -> HostPaths {
        HostPaths(host: try name(host), in: configuration)
    }

    /// Kills, freezes, lets go on or starts `HOST` or `HOST/COMPONENT`.
    package func control(_ verb: ControlVerb, _ place: String) async throws {
        let sandbox = sandbox
        try await besideTasks { try sandbox.control(verb, Place(place)) }
    }

    /// Lets a host's manager kill itself before a step of the next switch that it leads, or at its `end`.
    package func halt(_ host: String, before step: String) throws {
        let path = "\(haltFiles).\(host)"
        guard let file = fopen(path, "w") else { throw HarnessError("cannot write '\(path)'", errno) }
        defer { fclose(file) }
        guard fputs(step, file) >= 0 else { throw HarnessError("cannot write '\(path)'", errno) }
    }

    package func isRunning(_ host: String, _ component: Component) throws -> Bool {
        try sandbox.status().contains { $0.host.description == host && $0.processes[component] != nil }
    }
}

/// Starts the cluster before the first test of a suite and takes it down, data and all, after the last.
package struct WithCluster: SuiteTrait, TestScoping {
    /// See `SandboxOptions.addressBase`.
    let base: Int

    /// - Parameter base: `CCTRL_ADDRESS_BASE` comes before it, so that two runs can go on beside each other.
    package init(base: Int) {
        self.base = getenv("CCTRL_ADDRESS_BASE").flatMap { Int(String(cString: $0)) } ?? base
    }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        // Named by whoever wants to look at servers and logs after a failure.
        let kept = getenv("CCTRL_KEEP_CLUSTER").map { String(cString: $0) }
        let path = kept ?? directory.file("box")
        var sandbox = try Sandbox(directory: SandboxDirectory(path), binaries: RunningCluster.binaries) { _ in
        }
        sandbox.managerEnvironment["CCTRL_TEST_HALT"] = directory.file("halt")
        let sites = try ["east", "west"].map { try #require(SiteName($0)) }
        do {
            // A machine that runs tests may be slow: how long a gap is, benchmarks tell.
            let options = try SandboxOptions(
                sites: sites, nodes: 3, addressBase: base, leaseSeconds: 10, gapLimit: 2000)
            try sandbox.up(options)
            let cluster = RunningCluster(
                sandbox: sandbox, configuration: try sandbox.directory.readConfiguration(),
                haltFiles: directory.file("halt"), options: options, isKept: kept != nil)
            try await RunningCluster.$current.withValue(cluster) { try await function() }
        } catch {
            Issue.record("\(error)")
        }
        guard kept == nil else { return }
        try sandbox.down()
        #expect(try sandbox.status().allSatisfy { $0.processes.isEmpty })
        withExtendedLifetime(directory) {}
    }
}
