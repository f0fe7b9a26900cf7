import ClusterModel
import Glibc
import Testing

@testable import SandboxKit

@Suite(.serialized, .enabled(if: Workbench.isReady, "mariadbd or haproxy is not installed"))
struct RefusalTests {
    @Test func `a directory that somebody else made is not touched`() throws {
        try Workbench.use(base: 51) { bench in
            try Files.makeDirectory("\(bench.path)/box")
            try Files.write("mine", to: "\(bench.path)/box/letter")
            for act in [{ try bench.sandbox().up() }, { try bench.sandbox().down(purge: true) }] {
                let error = try #require(throws: SandboxError.self) { try act() }
                #expect(error.message.contains("is not empty and not a sandbox; nothing was touched"))
            }
            #expect(Files.names(in: "\(bench.path)/box") == ["letter"])
        }
    }

    @Test func `a directory of another version is not touched`() throws {
        try Workbench.use(base: 52) { bench in
            try Files.makeDirectory("\(bench.path)/box")
            try Files.write("cctrl-sandbox format 99\n", to: "\(bench.path)/box/.cctrl-sandbox")
            let error = try #require(throws: SandboxError.self) { try bench.sandbox().down(purge: true) }
            #expect(error.message.contains("another version"))
            #expect(Files.exists("\(bench.path)/box/.cctrl-sandbox"))
        }
    }

    @Test func `a port in use is told with its holder, and nothing stays behind`() throws {
        try Workbench.use(base: 53) { bench in
            let listener = try Listener("127.53.0.2", 3307)
            let error = try #require(throws: SandboxError.self) { try bench.sandbox().up(bench.options) }
            #expect(error.message.contains("east2/router needs 127.53.0.2:3307"))
            #expect(error.message.contains("pid \(getpid())"))
            #expect(!Files.exists("\(bench.path)/box"))
            withExtendedLifetime(listener) {}
        }
    }

    @Test func `two sandboxes on the same addresses are refused`() throws {
        try Workbench.use(base: 54) { bench in
            try bench.sandbox().up(bench.options)
            let other = try bench.sandbox("other")
            let error = try #require(throws: SandboxError.self) { try other.up(bench.options) }
            #expect(error.message.contains("\(bench.path)/box/hosts/east1/conf/my.cnf"))
            #expect(try bench.query("east1", "select 1") == "1\n")
            #expect(!Files.exists("\(bench.path)/other"))
        }
    }

    @Test func `two runs on one directory are refused`() throws {
        try Workbench.use(base: 55) { bench in
            let sandbox = try bench.sandbox()
            try sandbox.directory.create()
            let lock = try sandbox.directory.lock()
            let error = try #require(throws: SandboxError.self) { try sandbox.up(bench.options) }
            #expect(error.message.contains("another cctrl-sandbox works on"))
            withExtendedLifetime(lock) {}
        }
    }

    @Test func `options that differ from what is there are refused`() throws {
        try Workbench.use(base: 56) { bench in
            let sandbox = try bench.sandbox()
            try sandbox.up(bench.options)
            let other = try SandboxOptions(sites: [#require(SiteName("east"))], nodes: 1, addressBase: 56)
            let error = try #require(throws: SandboxError.self) { try sandbox.up(other) }
            #expect(error.message.contains("has other sites or addresses: east (2 hosts from 127.56.0.1)"))
            #expect(try bench.query("east2", "select 1") == "1\n")
        }
    }

    @Test func `a directory too deep for sockets is refused before anything is made`() throws {
        try Workbench.use(base: 57) { bench in
            let deep = String(repeating: "d", count: 80)
            let error = try #require(throws: SandboxError.self) { try bench.sandbox(deep).up(bench.options) }
            #expect(error.message.contains("too long"))
            #expect(!Files.exists("\(bench.path)/\(deep)"))
        }
    }
}
