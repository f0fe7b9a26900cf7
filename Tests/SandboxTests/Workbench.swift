import ClusterModel
import Glibc
import Testing

@testable import SandboxKit

/// A place for one test's sandbox, with addresses of its own; everything is gone when it ends.
struct Workbench {
    let path: String
    let base: Int

    /// Whether tests with real servers can run, or must.
    static var isReady: Bool {
        if getenv("CCTRL_INTEGRATION") != nil { return true }
        do {
            _ = try Programs(binaries: "", managers: false)
            return true
        } catch {
            return false
        }
    }

    /// Runs `body` in a new directory below `/tmp`; hosts are 127.`base`.0.1 and so on.
    static func use(base: Int, _ body: (Workbench) throws -> Void) throws {
        var template = Array("/tmp/cctrl-sandbox-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let bench = Workbench(path: path, base: base)
        defer {
            do {
                if bench.isUp { try bench.sandbox().down() }
                try Files.remove(path)
            } catch {
                Issue.record("cleaning up after the test failed: \(error)")
            }
        }
        try body(bench)
    }

    /// Servers and routers alone, which is what these tests are about.
    func sandbox(_ name: String = "box") throws -> Sandbox {
        try Sandbox(directory: SandboxDirectory("\(path)/\(name)"), binaries: "/usr/bin", managers: false) {
            _ in
        }
    }

    var options: SandboxOptions {
        get throws { try SandboxOptions(sites: [#require(SiteName("east"))], nodes: 2, addressBase: base) }
    }

    private var isUp: Bool { Files.exists("\(path)/box/tungsten.ini") }

    /// What the server of a host answers to its administrator.
    func query(_ host: String, _ statement: String) throws -> String {
        let result = try Spawn.run(
            "/usr/bin/mariadb",
            ["--no-defaults", "-N", "--socket=\(path)/box/hosts/\(host)/run/mysql.sock", "-e", statement],
            seconds: 20)
        try #require(result.status == 0, "\(result.output)")
        return result.output
    }
}

/// Listens on an address until it is let go.
final class Listener {
    private let descriptor: Int32

    init(_ address: String, _ port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = UInt16(port).bigEndian
        try #require(inet_pton(AF_INET, address, &target.sin_addr) == 1)
        let bound = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(bound && listen(descriptor, 1) == 0)
    }

    deinit { close(descriptor) }
}
