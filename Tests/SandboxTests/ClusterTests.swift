import ClusterModel
import SiteConfiguration
import Testing

@testable import SandboxKit

@Suite(
    .serialized, .enabled(if: RunningCluster.canRun, "the programs of this project are not built"),
    WithCluster(base: 21))
struct ClusterTests {
    private func cluster() throws -> RunningCluster { try #require(RunningCluster.current) }

    @Test func `a row written through any router is on every server of both sites`() throws {
        let cluster = try cluster()
        let port = cluster.configuration.ports.write
        _ = try cluster.application(
            "east1", port: port, "create table if not exists routed (host varchar(20))")
        _ = try cluster.awaitSame("select count(*) from information_schema.tables where table_name='routed'")
        for host in cluster.hosts {
            _ = try cluster.application(host.description, port: port, "insert into routed values ('\(host)')")
        }
        let found = try cluster.awaitSame("select group_concat(host order by host) from routed")
        #expect(found == cluster.hosts.map(\.description).joined(separator: ",") + "\n")
    }

    @Test func `inserts on both sites at once end with the same rows on all servers, each once`() async throws
    {
        let cluster = try cluster()
        let port = cluster.configuration.ports.write
        let table =
            "create table if not exists both_sites (id bigint auto_increment primary key, site varchar(20))"
        _ = try cluster.application("east2", port: port, table)
        _ = try cluster.awaitSame(
            "select count(*) from information_schema.tables where table_name='both_sites'")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for host in ["east1", "east3", "west1", "west2"] {
                group.addTask {
                    let insert = "insert into both_sites (site) values ('\(host)');"
                    _ = try cluster.application(host, port: port, String(repeating: insert, count: 500))
                }
            }
            try await group.waitForAll()
        }
        let count = "select count(*), count(distinct id), bit_xor(crc32(concat(id, site))) from both_sites"
        #expect(try cluster.awaitSame(count).hasPrefix("2000\t2000\t"))
    }

    @Test func `the read port serves, and only the primary takes writes`() throws {
        let cluster = try cluster()
        let read = cluster.configuration.ports.read
        #expect(try cluster.application("west3", port: read, "select @@read_only") == "1\n")
        let writable = try cluster.hosts.filter { try cluster.server($0, "select @@read_only") == "0\n" }
        #expect(writable.map(\.description) == ["east1", "west1"])
    }

    @Test func `every manager gives the same listing`() throws {
        let cluster = try cluster()
        try cluster.awaitWhole()
        let answer = try cluster.cctrl("east3", "ls")
        #expect(answer.status == 0)
        #expect(answer.output.contains("[SSL]"))
    }

    @Test func `data and roles survive down and up`() throws {
        let cluster = try cluster()
        let port = cluster.configuration.ports.write
        _ = try cluster.application("west1", port: port, "create or replace table kept select 42 as a")
        _ = try cluster.awaitSame("select count(*) from information_schema.tables where table_name='kept'")
        try cluster.sandbox.down()
        try cluster.sandbox.up()
        try cluster.awaitWhole()
        #expect(try cluster.awaitSame("select a from kept") == "42\n")
    }
}
