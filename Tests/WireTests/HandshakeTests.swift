import AdminProtocol
import Manager
import ManagerIO
import NIOCore
import NIOSSL
import ServerHarness
import Synchronization
import Testing

/// One test after the other: each starts servers of its own, and deadlines are part of what is tested.
@Suite(.serialized)
struct HandshakeTests {
    @Test func `a client is known by its certificate's name and role`() async throws {
        let server = try await TestManager(address: "127.9.4.1")
        for (certificate, name, role) in [
            ("operator", "anna", AccessRole.operator), ("observer", "otto", .observer),
            ("host", "east1", .manager),
        ] {
            let client = try await TestClient(server) { $0.certificate = certificate }
            #expect(try await client.hello().role == role)
            let caller = try #require(server.service.callers.withLock { $0.last })
            #expect(caller.name == name && caller.role == role && caller.address.hasPrefix("127."))
        }
    }

    @Test(arguments: ["stranger", "expired", nil])
    func `a certificate that is strange, expired or missing ends in the handshake`(_ name: String?)
        async throws
    {
        let server = try await TestManager(address: "127.9.4.2")
        let client = try await TestClient(server) { $0.certificate = name }
        try client.send(HelloCall(client: "test"), id: 0)
        #expect(try await client.line() == nil)
        #expect(server.service.callers.withLock { $0.isEmpty })
        try await eventually("the connection is gone") { server.listener.sessionCount == 0 }
    }

    @Test func `an older TLS is refused`() async throws {
        let server = try await TestManager(address: "127.9.4.4")
        let client = try await TestClient(server) { $0.highest = .tlsv12 }
        #expect(try await client.isClosed())
        #expect(server.service.callers.withLock { $0.isEmpty })
    }

    @Test func `a client need not name the application protocol`() async throws {
        let server = try await TestManager(address: "127.9.4.5")
        let client = try await TestClient(server) { $0.protocols = [] }
        try await client.hello()
    }

    @Test func `bytes that are not TLS, and a handshake that never ends, close the connection`() async throws
    {
        let server = try await TestManager(address: "127.9.4.6") { $0.hello = .milliseconds(500) }
        let rude = try TCPClient(address: server.address, port: server.listener.port)
        rude.write(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        _ = try await rude.readToEnd()
        let silent = try TCPClient(address: server.address, port: server.listener.port)
        #expect(try await silent.readToEnd().isEmpty)
        // The beginning of a ClientHello, and nothing more.
        let half = try TCPClient(address: server.address, port: server.listener.port)
        half.write([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
        #expect(try await half.readToEnd().isEmpty)
        try await eventually("all are gone") { server.listener.sessionCount == 0 }
    }

    @Test func `openssl s_client is a client`() async throws {
        let server = try await TestManager(address: "127.9.4.7")
        let directory = try TemporaryDirectory()
        let hello =
            #"{"jsonrpc":"2.0","id":0,"method":"session.hello","params":{"client":"hand","versions":[1]}}"#
        let ping = #"{"jsonrpc":"2.0","id":1,"method":"site.ping","params":{}}"#
        try directory.write(hello + "\n" + ping + "\n", to: "requests")
        let files = server.certificates
        let command =
            "(cat '\(directory.file("requests"))'; sleep 2) | openssl s_client -connect "
            + "\(server.address):\(server.listener.port) -CAfile '\(files.authority)' -cert '\(files.path("observer"))' "
            + "-key '\(files.key("observer"))' -verify_return_error -verify_hostname east1 -quiet -no_ign_eof 2>/dev/null; true"
        let output = try await runProgram(["sh", "-c", command], in: directory)
        let lines = output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.contains(#""role":"observer""#) == true)
        #expect(lines.last == #"{"id":1,"jsonrpc":"2.0","result":[]}"#)
    }

    @Test func `unusable certificate files and ports are said to be so`() async throws {
        let server = try await TestManager(address: "127.9.4.8")
        let files = WireCertificates(
            authority: "/nonexistent", certificate: "/nonexistent", key: "/nonexistent")
        var settings = AdminListener.Settings(address: server.address, port: 0, certificates: files)
        await #expect(throws: WireError.self) {
            try await AdminListener.start(settings, service: server.service, log: quietLog)
        }
        let own = server.certificates
        settings.certificates = WireCertificates(
            authority: own.authority, certificate: own.path("host"), key: own.key("host"))
        settings.port = server.listener.port
        await #expect(throws: WireError.self) {
            try await AdminListener.start(settings, service: server.service, log: quietLog)
        }
    }
}
