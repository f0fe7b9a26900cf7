import ClientHarness
import ClusterHarness
import SandboxKit
import ServerHarness
import Testing

extension IntegrationTests {
    /// A person at a terminal, with the running cluster.
    @Suite struct TerminalTests {
        private func open(_ cluster: RunningCluster, _ host: String) throws -> PseudoTerminal {
            let terminal = try PseudoTerminal(
                RunningCluster.cctrl, ["-no-history"], environment: cluster.environment(host))
            try terminal.expect("east: session established")
            try terminal.expect("[LOGICAL] /east > ")
            return terminal
        }

        @Test func `a session on the coordinator's host and on another`() async throws {
            let cluster = try await cluster()
            let coordinator = try await cluster.coordinator("east")
            let replica = try await cluster.replicas("east")[1]
            for host in [coordinator, cluster.hosts(of: "east").first { $0 != coordinator } ?? ""] {
                let terminal = try open(cluster, host)
                terminal.send("ls\r")
                try terminal.expect("COORDINATOR[\(coordinator):AUTOMATIC:ONLINE]")
                try terminal.expect("DATASOURCES:")
                try terminal.expect("[LOGICAL] /east > ")
                // The name is completed from the living cluster: only this far are all names the same.
                terminal.send("datas\te\t\(replica.suffix(1))\tsh\t\r")
                try terminal.expect("DataSource '\(replica)' set to SHUNNED")
                try terminal.expect("[LOGICAL] /east > ")
                terminal.send("datasource \(replica) recover\r")
                try terminal.expect("RECOVERY OF '\(replica)@east' WAS SUCCESSFUL", seconds: 30)
                try terminal.expect("[LOGICAL] /east > ")
                terminal.send("\u{4}")
                try terminal.expect("Exiting...")
                #expect(try terminal.exitStatus() == 0)
            }
            try await cluster.whole("east")
        }

        @Test func `Ctrl-C ends the wait for a command that goes on`() async throws {
            let cluster = try await cluster()
            let replica = try await cluster.replicas("east")[1]
            let primary = try await cluster.primary("east")
            try await cluster.done("east1", "set policy maintenance; replicator \(replica) offline")
            let terminal = try open(cluster, primary)
            // It waits ten seconds for the replica.
            terminal.send("cluster heartbeat\r")
            try terminal.expect("heartbeat")
            try await Task.sleep(for: .seconds(1))
            terminal.send("\u{3}")
            try terminal.expect("stopped waiting; the operation goes on")
            try terminal.expect("[LOGICAL] /east > ")
            terminal.send("ls \(replica)\r")
            try terminal.expect("DATASERVER(state=ONLINE)")
            terminal.send("quit\r")
            try terminal.expect("Exiting...")
            try await cluster.done("east1", "replicator \(replica) online; set policy automatic")
            try await cluster.whole("east")
        }
    }
}
