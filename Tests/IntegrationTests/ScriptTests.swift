import ClusterHarness
import ServerHarness
import Testing

extension IntegrationTests {
    /// Commands from pipes, as scripts of old give them, on the coordinator's host and on another.
    @Suite struct ScriptTests {
        private func shell(_ cluster: RunningCluster, _ host: String, _ text: String) async throws
            -> ProgramRun
        {
            try await ProgramRun.run(
                "/bin/sh", ["-c", "cctrl() { '\(RunningCluster.cctrl)' \"$@\"; }; \(text)"],
                environment: cluster.environment(host))
        }

        private func both(_ cluster: RunningCluster) async throws -> [String] {
            let coordinator = try await cluster.coordinator("east")
            return [coordinator] + cluster.hosts(of: "east").filter { $0 != coordinator }.prefix(1)
        }

        @Test func `ls in a pipe`() async throws {
            let cluster = try await cluster()
            for host in try await both(cluster) {
                let run = try await shell(cluster, host, "echo ls | cctrl -expert")
                #expect(run.status == 0)
                #expect(run.output.contains("east: session established"))
                #expect(run.output.contains("[LOGICAL:EXPERT] /east > ls"))
                #expect(SiteListing(run.output).isWhole(cluster.hosts(of: "east")), "\(run.output)")
            }
        }

        @Test func `a policy set in a pipe`() async throws {
            let cluster = try await cluster()
            for host in try await both(cluster) {
                let run = try await shell(
                    cluster, host, "echo 'use east;set policy maintenance' | cctrl -expert")
                #expect(run.status == 0)
                #expect(run.output.contains("policy mode is now MAINTENANCE"), "\(run.text)")
                try await cluster.listing("east3", "the policy", seconds: 3) {
                    $0.description.contains(":MAINTENANCE:ONLINE]")
                }
                try await cluster.done(host, "set policy automatic")
            }
        }

        @Test func `the other site from here`() async throws {
            let cluster = try await cluster()
            let run = try await shell(cluster, "east3", "printf 'use west\\nls\\n' | cctrl")
            #expect(SiteListing(run.output).isWhole(cluster.hosts(of: "west")), "\(run.output)")
            let script = try await cluster.done("east1", "use west; ls; use east; members")
            #expect(SiteListing(script.output).isWhole(cluster.hosts(of: "west")))
            #expect(script.output.contains("east3"))
            let stopped = try await cluster.cctrl("east1", "use west; switch to nobody; ls")
            #expect(stopped.status == 2)
            #expect(!stopped.output.contains("COORDINATOR["))
        }
    }
}
