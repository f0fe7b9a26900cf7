import ClusterModel
import Glibc
import SiteConfiguration
import Testing

@testable import SandboxKit

/// A whole cluster, managers included, that runs while the tests of one suite do.
struct RunningCluster: Sendable {
    @TaskLocal static var current: RunningCluster?

    let sandbox: Sandbox
    let configuration: ClusterConfiguration

    /// The programs of this build: beside the program that runs the tests.
    static var binaries: String {
        guard let path = realpath("/proc/self/exe", nil) else { return "/" }
        defer { free(path) }
        let text = String(cString: path)
        return text.lastIndex(of: "/").map { String(text[..<$0]) } ?? "/"
    }

    static var canRun: Bool {
        if getenv("CCTRL_INTEGRATION") != nil { return true }
        return Workbench.isReady && Files.isExecutable(binaries + "/cctrl-manager")
    }
}

/// Starts the cluster before the first test of a suite and takes it down, data and all, after the last.
struct WithCluster: SuiteTrait, TestScoping {
    /// See `SandboxOptions.addressBase`.
    let base: Int
    var sites = ["east", "west"]
    var nodes = 3
    var hasWitness = false
    var leaseSeconds = 10
    var flappingLimit = 0

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        var template = Array("/tmp/cctrl-cluster-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let sandbox = try Sandbox(directory: SandboxDirectory(path), binaries: RunningCluster.binaries) { _ in
        }
        let sites = try sites.map { try #require(SiteName($0)) }
        do {
            try sandbox.up(
                SandboxOptions(
                    sites: sites, nodes: nodes, hasWitness: hasWitness, addressBase: base,
                    leaseSeconds: leaseSeconds, flappingLimit: flappingLimit))
            let cluster = RunningCluster(
                sandbox: sandbox, configuration: try sandbox.directory.readConfiguration())
            try await RunningCluster.$current.withValue(cluster) { try await function() }
        } catch {
            Issue.record("\(error)")
        }
        try sandbox.down()
        #expect(try sandbox.status().allSatisfy { $0.processes.isEmpty })
        try sandbox.down(purge: true)
        #expect(!Files.exists(path))
    }
}

extension RunningCluster {
    var hosts: [HostName] { configuration.sites.flatMap(\.hosts) }

    /// What the application's account gets from a port of a host.
    func application(_ host: String, port: Int, _ statement: String) throws -> String {
        let address = configuration.address(of: try #require(HostName(host)))
        let result = try Spawn.run(
            "/usr/bin/mariadb",
            [
                "--no-defaults", "-N", "--host=\(address)", "--port=\(port)", "--connect-timeout=5",
                "--user=\(configuration.applicationUser)", "app", "-e", statement,
            ], environment: ["MYSQL_PWD": configuration.applicationPassword], seconds: 120)
        try #require(result.status == 0, "\(host): \(result.output)")
        return result.output
    }

    func server(_ host: HostName, _ statement: String) throws -> String {
        try application(host.description, port: configuration.ports.server, statement)
    }

    /// What `cctrl` on that host prints.
    func cctrl(_ host: String, _ command: String) throws -> (status: Int32, output: String) {
        try Spawn.run(
            RunningCluster.binaries + "/cctrl", ["-e", command],
            environment: ["CCTRL_CONFIG": configuration.path, "CCTRL_HOST": host], seconds: 120)
    }

    /// Waits, generously, until every manager of every site reports its site whole.
    func awaitWhole() throws {
        for site in configuration.sites {
            for host in site.hosts {
                var last = ""
                let whole = try Deadline(seconds: 60).wait {
                    last = try cctrl(host.description, "ls").output
                    return Listing(last).isWhole(site)
                }
                #expect(whole, "\(host) reports\n\(last)")
            }
        }
    }

    /// Waits, generously, until every server answers the same, and returns what.
    func awaitSame(_ statement: String) throws -> String {
        var answers: [String] = []
        let same = try Deadline(seconds: 60).wait {
            answers = try hosts.map { try server($0, statement) }
            return Set(answers).count == 1
        }
        #expect(same, "\(zip(hosts, answers).map { "\($0): \($1)" })")
        return answers.first ?? ""
    }
}
