import ClusterModel
import Glibc
import Testing

@testable import SandboxKit

@Suite(.serialized, .enabled(if: RunningCluster.canRun, "the programs of this project are not built"))
struct InterruptionTests {
    /// Until the named thing is there, and then Ctrl-C.
    @Test(arguments: ["template.new", "hosts/east1/run/mysql.pid"])
    func `an up that is interrupted leaves nothing behind`(moment: String) throws {
        try Workbench.use(base: 58) { bench in
            let box = "\(bench.path)/box"
            let pid = try Spawn.daemon(
                RunningCluster.binaries + "/cctrl-sandbox",
                [
                    "up", "--without-managers", "--dir", box, "--sites", "east", "--nodes", "2",
                    "--address-base", "58",
                ], log: "\(bench.path)/log")
            let reached = try Deadline(seconds: 60).wait { Files.exists("\(box)/\(moment)") }
            kill(pid, SIGINT)
            var status: Int32 = 0
            let ended = try Deadline(seconds: 60).wait { waitpid(pid, &status, WNOHANG) == pid }
            let log = Files.text("\(bench.path)/log") ?? ""
            #expect(reached && ended, "\(log)")
            #expect((status >> 8) & 0xFF == 130, "\(log)")
            #expect(!Files.exists(box))
            let left = (Files.names(in: "/proc") ?? []).compactMap { pid_t($0) }.compactMap {
                ProcessTable.commandLine($0)
            }.filter { words in words.contains { $0.contains(box) } }
            #expect(left.isEmpty)
        }
    }
}
