import ClusterModel
import Glibc
import HAProxyClient
import Logging
import Manager
import ManagerIO
import ServerHarness
import Testing

/// Held connections that wait at the manager's gate, with a real router.
@Suite struct HoldGateTests {
    private let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    @Test func `all who wait go on when the hold is lifted, again and again`() async throws {
        let router = try await TestRouter(address: "127.9.2.7")
        let process = try await router.start()
        let gate = HoldGate(path: router.gatePath, log: log)
        await gate.start()
        let control = HAProxyRouter(
            socket: router.socketPath, host: try #require(HostName("db1")), gate: gate)
        try await router.socket.setServer("db1", of: "be_write", to: .ready, deadline: .seconds(5))
        for _ in 0..<20 {
            try await control.hold(.seconds(10))
            let waiting = try (0..<16).map { _ in
                try TCPClient(address: router.address, port: router.writePort)
            }
            try await eventually("all of them wait") {
                try await router.socket.held("write", deadline: .seconds(5)) == 16
            }
            #expect(try await control.release() == 16)
            for client in waiting {
                #expect(try await client.read(milliseconds: 8_000) == Array("db1\n".utf8))
            }
        }
        #expect(process.isRunning)
        await gate.stop()
    }

    @Test func `without its manager a hold goes on until its time is over`() async throws {
        let router = try await TestRouter(address: "127.9.2.8")
        let process = try await router.start()
        let gate = HoldGate(path: router.gatePath, log: log)
        await gate.start()
        let control = HAProxyRouter(
            socket: router.socketPath, host: try #require(HostName("db1")), gate: gate)
        try await router.socket.setServer("db1", of: "be_write", to: .ready, deadline: .seconds(5))
        try await control.hold(.seconds(3))
        let waiting = try TCPClient(address: router.address, port: router.writePort)
        try await eventually("it waits") {
            try await router.socket.held("write", deadline: .seconds(5)) == 1
        }
        // As when the manager ends: the system closes what it had.
        await gate.stop()
        await #expect(throws: HarnessError.self) { try await waiting.read(milliseconds: 200) }
        #expect(try await waiting.read(milliseconds: 20_000) == Array("db1\n".utf8))
        #expect(process.isRunning)
    }

    @Test func `what a killed manager has left at the place of the gate is no obstacle`() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("", to: "gate.sock")
        let gate = HoldGate(path: directory.file("gate.sock"), log: log)
        await gate.start()
        var status = stat()
        #expect(stat(directory.file("gate.sock"), &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK)
        await gate.stop()
    }
}
