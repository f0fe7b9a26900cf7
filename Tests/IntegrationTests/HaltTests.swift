import ClusterHarness
import SandboxKit
import ServerHarness
import Testing

extension IntegrationTests {
    /// The leading manager is killed (-9) right before each step of a switch, and after the last.
    @Suite struct HaltTests {
        /// One step at each site: two runs side by side.
        static let steps = [
            ["quiet-links", "release"], ["events", "thaw"], ["transactions", "end"], ["hold", "thaw"],
            ["freeze", "record"],
            ["leave", "open"], ["drain", "settle"], ["close", "approach"], ["attach", "near"],
            ["catch-up", "log-file"],
        ]
        /// From here on the new primary stands.
        static let decided: Set = ["open", "release", "thaw", "settle", "end"]

        @Test(arguments: steps)
        func `a switch whose coordinator is killed goes back or on, and the journal says which`(
            steps: [String]
        ) async throws {
            let cluster = try await cluster()
            try await cluster.underLoad("east", clients: 4) {
                try await cluster.underLoad("west", clients: 4) {
                    async let east: Void = Self.halt("east", steps[0], cluster)
                    async let west: Void = Self.halt("west", steps[1], cluster)
                    _ = try await (east, west)
                }
            }
        }

        private static func halt(_ site: String, _ step: String, _ cluster: RunningCluster) async throws {
            let hosts = cluster.hosts(of: site)
            let coordinator = try await cluster.coordinator(site)
            let old = try await cluster.primary(site)
            let new = try #require(
                hosts.first { $0 != old && $0 != coordinator } ?? hosts.first { $0 != old })
            let other = try #require(hosts.first { $0 != coordinator })
            let expected = decided.contains(step) ? new : old
            try await cluster.oneWriter(site) {
                try cluster.halt(coordinator, before: step)
                let run = try await cluster.cctrl(other, "switch to \(new)")
                #expect([1, 4, 5, 7].contains(run.status), "\(step): \(run.text)")
                try await eventually("\(step): '\(coordinator)' is killed") {
                    try !cluster.isRunning(coordinator, .manager)
                }
                // A server that was closed is opened by its own manager alone.
                if expected == coordinator { try await cluster.control(.start, "\(coordinator)/manager") }
                do {
                    try await eventually("\(step): '\(expected)' takes writes") {
                        await cluster.writable(site) == [expected]
                    }
                } catch {
                    let seen = try await cluster.cctrl(other, "ls; operation list").text
                    Issue.record("\(error); \(await cluster.writable(site)) do\n\(run.text)\n\(seen)")
                    throw error
                }
                if expected != coordinator { try await cluster.control(.start, "\(coordinator)/manager") }
                try await cluster.whole(site, primary: expected)
            }
            let list = try await cluster.done(other, "history 50 --fields id,result,command")
            let row = list.output.split(separator: "\n").first { $0.hasSuffix("\tswitch to \(new)") }
            let id = try #require(row?.split(separator: "\t").first, "\(list.text)")
            try await eventually("\(step): the entry is closed") {
                let entry = try await cluster.cctrl(other, "operation show \(id)")
                return entry.output.contains("WENT AWAY")
                    && entry.output.contains(expected == new ? "result:       done" : "result:       undone")
            }
            let verdict = try await cluster.cctrl(other, "operation abandon \(id)")
            #expect(verdict.status == 3, "\(verdict.text)")
        }
    }
}
