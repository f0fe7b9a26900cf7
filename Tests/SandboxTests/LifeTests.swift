import ClusterModel
import Glibc
import Testing

@testable import SandboxKit

@Suite(.serialized, .enabled(if: Workbench.isReady, "mariadbd or haproxy is not installed"))
struct LifeTests {
    @Test func `a second up changes nothing, and data survives down and up`() throws {
        try Workbench.use(base: 41) { bench in
            let sandbox = try bench.sandbox()
            try sandbox.up(bench.options)
            let first = try sandbox.status().flatMap { $0.processes.values.map(\.pid) }
            #expect(first.count == 4)
            let statements =
                "set global read_only=0; create table app.t (a int); insert into app.t values (7)"
            _ = try bench.query("east1", statements)
            try sandbox.up(bench.options)
            #expect(try Set(sandbox.status().flatMap { $0.processes.values.map(\.pid) }) == Set(first))
            try sandbox.down()
            #expect(try sandbox.status().allSatisfy { $0.processes.isEmpty })
            try sandbox.up()
            #expect(try bench.query("east1", "select a from app.t") == "7\n")
            let identity = try bench.query("east1", "select @@read_only, @@server_id, @@gtid_domain_id")
            #expect(identity == "1\t101\t1\n")
            #expect(try bench.query("east2", "select @@gtid_binlog_pos") == "\n")
        }
    }

    @Test func `purge removes what the sandbox made and nothing else`() throws {
        try Workbench.use(base: 42) { bench in
            let sandbox = try bench.sandbox()
            try sandbox.up(bench.options)
            try Files.write("mine", to: "\(bench.path)/box/notes.txt")
            try sandbox.down(purge: true)
            #expect(Files.names(in: "\(bench.path)/box") == ["notes.txt"])
            #expect(throws: SandboxError.self) { try sandbox.up(bench.options) }
            #expect(Files.text("\(bench.path)/box/notes.txt") == "mine")
        }
    }

    @Test func `an up that fails stops what it started and keeps the data of before`() throws {
        try Workbench.use(base: 43) { bench in
            let sandbox = try bench.sandbox()
            try sandbox.up(bench.options)
            try sandbox.control(.kill, Place("east2"))
            let running = try Set(sandbox.status().flatMap { $0.processes.values.map(\.pid) })
            try Files.write("no page of a tablespace", to: "\(bench.path)/box/hosts/east2/mysql/data/ibdata1")
            let error = try #require(throws: SandboxError.self) { try sandbox.up() }
            #expect(error.message.contains("mysql of 'east2' ended again"))
            #expect(error.message.contains("ibdata1"))
            #expect(try Set(sandbox.status().flatMap { $0.processes.values.map(\.pid) }) == running)
            #expect(Files.exists("\(bench.path)/box/hosts/east2/mysql/data/ibdata1"))
        }
    }

    @Test func `processes are killed, frozen, let go on and started by name`() throws {
        try Workbench.use(base: 44) { bench in
            let sandbox = try bench.sandbox()
            try sandbox.up(bench.options)
            func process(_ component: Component) throws -> SandboxProcess? {
                try sandbox.status().first?.processes[component]
            }
            try sandbox.control(.kill, Place("east1/mysql"))
            #expect(try process(.mysql) == nil)
            #expect(try process(.router) != nil)
            #expect(throws: SandboxError.self) { try sandbox.control(.kill, Place("east1/mysql")) }
            try sandbox.control(.start, Place("east1/mysql"))
            #expect(try bench.query("east1", "select 1") == "1\n")
            try sandbox.control(.stop, Place("east1"))
            #expect(try process(.mysql)?.isFrozen == true && process(.router)?.isFrozen == true)
            try sandbox.control(.cont, Place("east1"))
            #expect(try process(.mysql)?.isFrozen == false)
            try sandbox.control(.stop, Place("east2/mysql"))
            try sandbox.down()
            #expect(try sandbox.status().allSatisfy { $0.processes.isEmpty })
        }
    }

    @Test func `service answers in the manner of systemctl`() throws {
        try Workbench.use(base: 45) { bench in
            let sandbox = try bench.sandbox()
            try sandbox.up(bench.options)
            let place = try Place("east1/mysql")
            #expect(try sandbox.service(.status, place).status == 0)
            #expect(try sandbox.service(.stop, place).status == 0)
            let stopped = try sandbox.service(.status, place)
            #expect(stopped.status == 3 && stopped.output.contains("inactive (dead)"))
            #expect(try sandbox.service(.restart, place).status == 0)
            #expect(try sandbox.service(.start, place).status == 0)
            #expect(try bench.query("east1", "select 1") == "1\n")
            #expect(throws: SandboxError.self) { try sandbox.service(.stop, Place("east1/etcd")) }
            #expect(throws: SandboxError.self) { try sandbox.service(.stop, Place("north1/mysql")) }
        }
    }
}
