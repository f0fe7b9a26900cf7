import ClusterHarness
import SandboxKit
import ServerHarness
import SiteConfiguration
import Testing

extension IntegrationTests {
    /// Most of a site is lost for good, and a person lets the host that is left go on.
    @Suite struct LastManTests {
        @Test func `one host goes on alone by a person's word, and the others join it again`() async throws {
            let cluster = try await cluster()
            let last = try await cluster.primary("west")
            let others = try await cluster.replicas("west")
            let words = "\(last) goes on alone"
            let early = try await goOnAlone(last, typing: words, cluster)
            #expect(early.status == 1 && early.errors.contains("has a majority"), "\(early.text)")
            for other in others { try await cluster.control(.kill, other) }
            try await eventually("nobody takes writes") { await cluster.writable("west").isEmpty }
            let unsaid = try await goOnAlone(last, typing: "yes", cluster)
            #expect(unsaid.status == 1 && unsaid.errors.contains("nothing was changed"), "\(unsaid.text)")
            #expect(await cluster.writable("west").isEmpty)

            let run = try await goOnAlone(last, typing: words, cluster)
            #expect(run.status == 0, "\(run.text)")
            try await cluster.listing(last, "it goes on alone", seconds: 90) {
                $0[last].contains("NO SECOND COPY")
            }
            #expect(await cluster.writable("west") == [last])

            for other in others { try await cluster.control(.start, other) }
            try await cluster.whole("west", primary: last, seconds: 120)
            try await cluster.flows(from: others[0], to: "east", "after one had gone on alone")
            try await cluster.flows(from: "east1", to: "west", "after one had gone on alone, over there")
            try await cluster.identical()
        }

        private func goOnAlone(
            _ host: String, typing words: String, _ cluster: RunningCluster
        ) async throws -> ProgramRun {
            let program = "\(RunningCluster.binaries)/cctrl-manager"
            return try await ProgramRun.run(
                "/bin/sh",
                [
                    "-c",
                    "echo '\(words)' | '\(program)' --config '\(cluster.configuration.path)' --host \(host)"
                        + " --last-man-standing",
                ])
        }
    }
}
