import ClusterHarness
import SandboxKit
import ServerHarness
import Testing

extension IntegrationTests {
    /// The leading manager is killed (-9) amid a failover that a rule began.
    @Suite struct FailoverHaltTests {
        /// One step at each site: before and after the site has agreed on the new primary.
        @Test(arguments: [["choose", "open-ahead"], ["promote", "fetch"]])
        func `a failover whose coordinator is killed is finished, or made anew, by the next`(
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
            try await cluster.identical()
        }

        private static func halt(_ site: String, _ step: String, _ cluster: RunningCluster) async throws {
            let coordinator = try await cluster.coordinator(site)
            let old = try await cluster.primary(site)
            let asked = cluster.hosts(of: site)[0]
            let before = try await failovers(asked, cluster)
            let new = try await cluster.oneWriter(site) { () async throws -> String in
                try cluster.halt(coordinator, before: step)
                try await cluster.control(.kill, "\(old)/mysql")
                try await eventually("\(step): '\(coordinator)' is killed") {
                    try !cluster.isRunning(coordinator, .manager)
                }
                // It may have been the manager of the server that is to be opened, and the only one who may do so.
                try await cluster.control(.start, "\(coordinator)/manager")
                let others = cluster.hosts(of: site).filter { $0 != old }
                try await eventually("\(step): another takes writes") {
                    let writable = await cluster.writable(site)
                    return writable.count == 1 && others.contains(writable[0])
                }
                let new = await cluster.writable(site).first ?? ""
                if try !cluster.isRunning(old, .mysql) { try await cluster.control(.start, "\(old)/mysql") }
                try await cluster.whole(site, primary: new)
                return new
            }
            let after = try await failovers(asked, cluster)
            var texts: [String] = []
            for id in after.subtracting(before).sorted() {
                texts.append(try await cluster.done(asked, "operation show \(id)").text)
            }
            // Which step had begun may be on its way to the journal still.
            #expect(texts.contains { $0.contains("WENT AWAY") }, "\(step): \(texts.joined())")
            if step == "open-ahead" {
                #expect(
                    texts.contains { $0.contains("THE SITE HAD AGREED ON '\(new)'") }, "\(texts.joined())")
            }
        }

        /// The journal's entries of failovers.
        private static func failovers(_ host: String, _ cluster: RunningCluster) async throws -> Set<String> {
            let list = try await cluster.done(host, "history 50 --fields id,command").output
            let rows = list.split(separator: "\n").map { $0.split(separator: "\t") }
            return Set(rows.filter { $0.last?.hasPrefix("failover") == true }.map { String($0[0]) })
        }
    }
}
