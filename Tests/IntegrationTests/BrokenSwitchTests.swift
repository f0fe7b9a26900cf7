import ClusterHarness
import SandboxKit
import Testing

extension IntegrationTests {
    /// Parts that end while a switch runs; the manager that leads it is in `ServiceTests`.
    @Suite struct BrokenSwitchTests {
        @Test(arguments: ["old/mysql", "new/mysql", "old/router", "new/manager", "old/etcd", "other/mysql"])
        func `a part is killed in the middle of a switch, and nothing confirmed is lost`(part: String)
            async throws
        {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            let replicas = try await cluster.replicas("east")
            let coordinator = try await cluster.coordinator("east")
            // The leading manager stays: that it goes is another test.
            let new = try #require(replicas.first { $0 != coordinator })
            let other = try #require(replicas.first { $0 != new })
            let component = part.split(separator: "/")[1]
            let host = part.hasPrefix("old") ? old : part.hasPrefix("new") ? new : other
            try await cluster.underLoad("east") {
                try await cluster.oneWriter("east") {
                    async let switching = cluster.cctrl(coordinator, "switch to \(new)")
                    try await Task.sleep(for: .milliseconds(Int.random(in: 100...500)))
                    try await cluster.control(.kill, "\(host)/\(component)")
                    let run = try await switching
                    // Done, done with something left, or not done and said to be; never a success that is none.
                    #expect([0, 1, 3, 4, 5, 6, 7].contains(run.status), "\(run.text)")
                    try await cluster.control(.start, "\(host)/\(component)")
                    try await cluster.whole("east")
                    let primary = try await cluster.primary("east")
                    #expect(await cluster.writable("east") == [primary])
                    if run.status == 0 { #expect(primary == new, "\(run.text)") }
                    // A primary that died is replaced by the rules.
                    if [1, 3].contains(run.status), part != "old/mysql" {
                        #expect(primary == old, "\(run.text)")
                    }
                }
            }
        }
    }
}
