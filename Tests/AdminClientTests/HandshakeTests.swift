import AdminClient
import AdminProtocol
import ClientHarness
import Glibc
import ServerHarness
import Testing

/// Connections that must not come to stand, each with its own words.
@Suite struct HandshakeTests {
    private let certificates: TestCertificates

    init() throws { certificates = try TestCertificates(host: "east1", address: "127.0.0.1") }

    private func manager(_ change: (inout ScriptedManager.Setup) -> Void = { _ in }, version: Int = 1) throws
        -> ScriptedManager
    {
        var setup = ScriptedManager.Setup(certificates)
        change(&setup)
        return try ScriptedManager(setup) { _, _ in .lines([Wire.welcome(version: version)]) }
    }

    private func refusal(_ port: Int, as name: String = "operator", host: String = "east1") throws -> Refusal
    {
        try #require(throws: Refusal.self) {
            try certificates.connect(
                port, as: name, host: host, patience: Patience(connect: 2000, reading: 2000, changing: 2000))
        }
    }

    @Test func `a manager of another cluster`() throws {
        let manager = try manager { $0 = .init(certificates, host: "stranger-host") }
        let refused = try refusal(manager.port)
        #expect(refused.code == .badCertificate)
        #expect(refused.message.contains("was not made by the authority"))
    }

    @Test func `another host than the one that was meant`() throws {
        let manager = try manager()
        let refused = try refusal(manager.port, host: "east2")
        #expect(refused.code == .badCertificate)
        #expect(refused.message.contains("is not for host 'east2'"))
    }

    @Test func `a certificate of ours from another authority, or expired`() throws {
        let manager = try manager()
        let stranger = try refusal(manager.port, as: "stranger")
        #expect(stranger.code == .badCertificate)
        #expect(stranger.message.contains("another authority made it"), "\(stranger)")
        let late = try refusal(manager.port, as: "expired")
        #expect(late.code == .badCertificate)
        #expect(late.message.contains("it has expired"), "\(late)")
    }

    @Test func `nobody there`() throws {
        let (descriptor, port) = try ScriptedManager.listen()
        close(descriptor)
        let refused = try refusal(port)
        #expect(refused.code == .noManager)
        #expect(
            refused.message
                == "cannot connect to the manager of east1 (127.0.0.1:\(port)): Connection refused")
    }

    @Test func `somebody who never speaks`() throws {
        let (descriptor, port) = try ScriptedManager.listen()
        defer { close(descriptor) }
        let identity = certificates.identity()
        let refused = try #require(throws: Refusal.self) {
            try AdminConnection(
                to: Endpoint(host: "east1", address: "127.0.0.1", port: port),
                context: try TLSContext(identity),
                identity: identity, patience: Patience(connect: 100, reading: 100, changing: 100))
        }
        #expect(refused.code == .noManager)
        #expect(refused.message.hasSuffix("does not answer in time"))
    }

    @Test func `a server that does not speak TLS, or not this protocol`() throws {
        let (descriptor, port) = try ScriptedManager.listen()
        close(descriptor)
        let plain = try BannerServer(
            address: "127.0.0.1", port: port, text: "220 mail ready, speak now please")
        #expect(try refusal(port).message.contains("is not a manager of this protocol"))
        withExtendedLifetime(plain) {}
        let other = try manager { $0.alpn = "h2" }
        #expect(try refusal(other.port).message.contains("is not a manager of this protocol"))
    }

    @Test func `a protocol version of another time`() throws {
        let manager = try manager(version: 7)
        let refused = try refusal(manager.port)
        #expect(refused.code == .versionMismatch)
        #expect(refused.hint == "use the cctrl of version 9.9.9")
    }

    @Test func `a host name that does not exist`() throws {
        let identity = certificates.identity()
        let refused = try #require(throws: Refusal.self) {
            try AdminConnection(
                to: Endpoint(host: "east1", address: "no-such-host.invalid", port: 1),
                context: try TLSContext(identity), identity: identity, patience: Patience())
        }
        #expect(refused.code == .noManager)
        #expect(refused.message.contains("cannot be found"))
    }

    @Test func `files that are missing or hold something else`() throws {
        func refusal(_ identity: Identity) throws -> Refusal {
            try #require(throws: Refusal.self) { try TLSContext(identity) }
        }
        var identity = certificates.identity()
        identity.certificate = "/nonexistent/operator.pem"
        #expect(
            try refusal(identity).message.contains(
                "cannot read your certificate, '/nonexistent/operator.pem'"))
        identity.certificate = certificates.key("operator")
        #expect(try refusal(identity).message.contains("does not hold a certificate in PEM form"))
        identity = certificates.identity()
        identity.key = certificates.key("observer")
        #expect(try refusal(identity).message.contains("does not hold the private key of"))
    }
}
