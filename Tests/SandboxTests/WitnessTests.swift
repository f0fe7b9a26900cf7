import ClusterModel
import SiteConfiguration
import Testing

@testable import SandboxKit

/// A site of two data sources and a witness, whose vote makes the majority when one of the two is gone.
@Suite(
    .serialized, .enabled(if: RunningCluster.canRun, "the programs of this project are not built"),
    WithCluster(base: 24, sites: ["east"], nodes: 2, hasWitness: true, leaseSeconds: 4))
struct WitnessTests {
    private func cluster() throws -> RunningCluster { try #require(RunningCluster.current) }

    /// Waits, generously, until `ls` on a host shows all of that.
    private func listing(_ host: String, _ texts: [String]) throws {
        let cluster = try cluster()
        var last = ""
        let found = try Deadline(seconds: 90).wait {
            last = try cluster.cctrl(host, "ls").output
            return texts.allSatisfy(last.contains)
        }
        #expect(found, "\(host) shows\n\(last)")
    }

    @Test func `a witness answers, and has nothing that a data source has`() throws {
        let cluster = try cluster()
        try listing(
            "east3", ["east1(master:ONLINE", "east2(slave:ONLINE", "|east3(witness:ONLINE)", "STATUS [OK]"])
        let box = try cluster.cctrl("east3", "ls east3")
        #expect(box.status == 0 && box.output.contains("witness:ONLINE") && !box.output.contains("master"))
        #expect(try cluster.cctrl("east1", "members").output.contains("east/east3(ONLINE)"))
        #expect(try cluster.cctrl("east1", "ping east3").output.contains("ALIVE"))
        let validation = try cluster.cctrl("east3", "cluster validate")
        for line in [
            "MUST BE AT LEAST 2 DB MEMBERS OR 1 DB MEMBERS PLUS AT LEAST 1 ACTIVE WITNESS",
            "QUORUM SET MEMBERS ARE: east1, east2, east3", "VALIDATED ACTIVE WITNESS MEMBERS ARE: east3",
            "PRIMARY PARTITION OF 2 DB MEMBERS OUT OF THE REQUIRED MAJORITY OF 2",
        ] { #expect(validation.output.contains(line), "\(validation.output)") }
        for command in ["datasource east3 shun", "switch to east3", "datasource east3 recover"] {
            let refused = try cluster.cctrl("east1", command)
            #expect(refused.status != 0 && refused.output.contains("witness"), "\(refused.output)")
        }
        let status = StatusTable(rows: try cluster.sandbox.status()).lines.last ?? ""
        #expect(status.contains("east3") && status.contains("-"))
        #expect(throws: SandboxError.self) { try cluster.sandbox.control(.kill, Place("east3/mysql")) }
    }

    @Test func `with it one data source of two goes on, and takes the other back`() throws {
        let cluster = try cluster()
        try listing("east3", ["east1(master:ONLINE", "east2(slave:ONLINE"])
        let write = cluster.configuration.ports.write
        _ = try cluster.application("east1", port: write, "create table if not exists kept (id int)")
        _ = try cluster.application("east1", port: write, "insert into kept values (1)")
        try cluster.sandbox.control(.kill, Place("east1"))
        try listing(
            "east3", ["east2(master:ONLINE", "east1(master:SHUNNED(FAILED-OVER-TO-east2)", "witness:ONLINE"])
        let validation = try cluster.cctrl("east2", "cluster validate").output
        #expect(
            validation.contains(
                "I AM IN A PRIMARY PARTITION WITH 1 VALIDATED DB MEMBERS AND 1 VALIDATED ACTIVE WITNESSES"),
            "\(validation)")
        let wrote = try Deadline(seconds: 60).wait {
            (try? cluster.application("east2", port: write, "insert into kept values (2)")) != nil
        }
        #expect(wrote)
        #expect(try cluster.application("east2", port: write, "select min(id) from kept") == "1\n")
        try cluster.sandbox.control(.start, Place("east1"))
        try listing("east2", ["east1(slave:ONLINE", "east2(master:ONLINE", "STATUS [OK]"])
    }

    @Test func `a witness that is gone is shown, and costs nothing`() throws {
        let cluster = try cluster()
        try listing("east1", ["(slave:ONLINE", "witness:ONLINE"])
        try cluster.sandbox.control(.kill, Place("east3"))
        try listing("east1", ["|east3(witness:FAILED)", "(master:ONLINE", "(slave:ONLINE"])
        let write = cluster.configuration.ports.write
        #expect(try cluster.application("east1", port: write, "select 1") == "1\n")
        let switched = try cluster.cctrl("east1", "switch")
        #expect(switched.status == 0, "\(switched.output)")
        try cluster.sandbox.control(.start, Place("east3"))
        try listing("east1", ["witness:ONLINE"])
    }
}
