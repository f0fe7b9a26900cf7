import ClusterModel
import Glibc
import SiteConfiguration
import Testing

@testable import SandboxKit

/// Cuts, delays and losses between hosts in namespaces of their own: servers and routers alone.
@Suite(
    .serialized, .enabled(if: Workbench.isReady, "mariadbd or haproxy is not installed"),
    .enabled(if: SandboxNetwork.isPermitted, "this machine does not let us make network namespaces"))
struct NetworkTests {
    /// Whether the server of one host greets a client on another; nil stands for this machine.
    private func reaches(_ sandbox: Sandbox, _ target: String, from source: String?) throws -> Bool {
        let configuration = try sandbox.directory.readConfiguration()
        let network = try #require(sandbox.network(configuration))
        let address = configuration.address(of: try #require(HostName(target)))
        let entry = try source.map { try network.entry(try #require(HostName($0))) } ?? []
        let result = try Spawn.run(
            "/usr/bin/mariadb",
            [
                "--no-defaults", "-N", "--host=\(address)", "--port=\(configuration.ports.server)",
                "--connect-timeout=2", "--user=\(configuration.applicationUser)", "-e", "select 1",
            ], entering: entry, environment: ["MYSQL_PWD": configuration.applicationPassword], seconds: 60)
        return result.status == 0 && result.output == "1\n"
    }

    private func options(_ bench: Workbench) throws -> SandboxOptions {
        try SandboxOptions(
            sites: ["east", "west"].map { try #require(SiteName($0)) }, nodes: 2, addressBase: bench.base,
            hasNetwork: true)
    }

    @Test func `hosts are cut from each other, in one direction too, and this machine reaches all`() throws {
        try Workbench.use(base: 46) { bench in
            let sandbox = try bench.sandbox()
            try sandbox.up(options(bench))
            #expect(try sandbox.status().first?.address == "198.18.46.1")
            #expect(try reaches(sandbox, "east1", from: "east2"))
            try sandbox.cut(["east1"])
            #expect(try sandbox.networkFaults().count == 6)
            #expect(try !reaches(sandbox, "east1", from: "east2"))
            #expect(try !reaches(sandbox, "west1", from: "east1"))
            #expect(try reaches(sandbox, "west1", from: "east2"))
            #expect(try reaches(sandbox, "east1", from: nil))
            try sandbox.heal(["east1"])
            #expect(try sandbox.networkFaults().isEmpty)
            #expect(try reaches(sandbox, "east1", from: "east2"))
            // A site from the other: each is whole in itself.
            try sandbox.cut(["west"], from: ["east"], oneWay: true)
            #expect(try sandbox.networkFaults().count == 4)
            #expect(try !reaches(sandbox, "east1", from: "west2"))
            #expect(try reaches(sandbox, "west1", from: "west2"))
            try sandbox.heal()
            #expect(try reaches(sandbox, "east1", from: "west2"))
            #expect(throws: SandboxError.self) { try sandbox.cut(["north"]) }
        }
    }

    @Test func `packets are late and lost until that is taken back`() throws {
        try Workbench.use(base: 47) { bench in
            var sandbox = try bench.sandbox()
            try sandbox.up(options(bench))
            sandbox.binaries = RunningCluster.binaries
            try sandbox.delay(["east1"], by: 300_000)
            let start = ContinuousClock.now
            #expect(try reaches(sandbox, "east1", from: "east2"))
            // There and back, at least twice: to connect, and to be greeted and served.
            #expect(start.duration(to: .now) > .milliseconds(1200))
            #expect(try sandbox.networkFaults().contains("east2 -> east1: delay 300ms"))
            try sandbox.delay(["east1"], by: 0)
            #expect(try sandbox.networkFaults().isEmpty)
            try sandbox.lose(1, ["west"], from: ["east"])
            #expect(try !reaches(sandbox, "west1", from: "east1"))
            #expect(try reaches(sandbox, "west1", from: "west2"))
            try sandbox.heal()
            #expect(try reaches(sandbox, "west1", from: "east1"))
        }
    }

    @Test func `nothing of the network is left when it is down, and it is there again after up`() throws {
        try Workbench.use(base: 48) { bench in
            let sandbox = try bench.sandbox()
            try sandbox.up(options(bench))
            let network = try #require(sandbox.network(sandbox.directory.readConfiguration()))
            #expect(network.exists)
            try sandbox.cut(["east1"])
            try sandbox.down()
            #expect(!network.exists)
            #expect(!Files.exists("/sys/class/net/cctrl48"))
            let names = Files.names(in: "/run/netns") ?? []
            #expect(!names.contains { $0.hasPrefix("cctrl48-") })
            #expect(throws: SandboxError.self) { try sandbox.control(.start, Place("east1/router")) }
            try sandbox.up()
            #expect(try reaches(sandbox, "east1", from: "east2"))
        }
    }

    @Test func `a sandbox on the loopback interface cannot be cut, and says what to do`() throws {
        try Workbench.use(base: 49) { bench in
            let sandbox = try bench.sandbox()
            try sandbox.up(bench.options)
            let error = try #require(throws: SandboxError.self) { try sandbox.cut(["east1"]) }
            #expect(error.hint.contains("up --netns"))
        }
    }
}
