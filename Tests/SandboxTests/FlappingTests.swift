import ClusterModel
import SiteConfiguration
import Testing

@testable import SandboxKit

/// What comes and goes again and again is left alone, with real servers.
@Suite(
    .serialized, .enabled(if: RunningCluster.canRun, "the programs of this project are not built"),
    WithCluster(base: 27, sites: ["east"], flappingLimit: 2))
struct FlappingTests {
    @Test func `a replica that came back twice is left alone until an operator takes it back`() throws {
        let cluster = try #require(RunningCluster.current)
        func awaits(_ command: String, _ texts: String...) throws {
            var last = ""
            let found = try Deadline(seconds: 60).wait {
                last = try cluster.cctrl("east1", command).output
                return texts.allSatisfy(last.contains)
            }
            #expect(found, "\(texts)\n\(last)")
        }
        try cluster.awaitWhole()
        let server = try Place("east3/mysql")
        for number in 1...3 {
            try cluster.sandbox.control(.kill, server)
            try awaits("ls", "east3(slave:FAILED(DATASERVER 'east3@east' STOPPED)")
            try cluster.sandbox.control(.start, server)
            guard number < 3 else { break }
            try cluster.awaitWhole()
        }
        try awaits("history", "east3 is not brought back any more: it came back 2 times within 10 minutes")
        try awaits("ls", "east3(slave:FAILED(", "FLAPPING: BACK 2 TIMES")
        let recovered = try cluster.cctrl("east1", "datasource east3 recover")
        #expect(recovered.status == 0, "\(recovered.output)")
        try cluster.awaitWhole()
    }
}
