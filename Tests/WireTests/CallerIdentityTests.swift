import AdminProtocol
import Manager
import NIOSSL
import ServerHarness
import Testing

@testable import ManagerIO

struct CallerIdentityTests {
    private func certificate(subject: String) async throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        try await runProgram(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", directory.file("key"), "-out", directory.file("pem"), "-utf8", "-subj", subject,
            ], in: directory)
        let certificates = try NIOSSLCertificate.fromPEMFile(directory.file("pem"))
        return try #require(certificates.first).toDERBytes()
    }

    @Test(arguments: ["/O=x/OU=observer/CN=ödön", "/CN=ödön/OU=observer", "/CN=ödön+OU=observer"])
    func `name and role are found wherever they stand in the subject`(_ subject: String) async throws {
        let caller = try CallerIdentity.caller(
            certificate: try await certificate(subject: subject), address: "here")
        #expect(caller.name == "ödön" && caller.role == .observer && caller.address == "here")
    }

    @Test(arguments: [
        "/O=operator", "/CN=a", "/OU=operator", "/CN=a/OU=root", "/CN=a/OU=operator/OU=manager",
        "/CN=a/CN=b/OU=operator",
    ])
    func `a subject without exactly one name and one known role is refused`(_ subject: String) async throws {
        let der = try await certificate(subject: subject)
        #expect(throws: Refusal.self) { try CallerIdentity.caller(certificate: der, address: "here") }
    }

    @Test func `bytes that are cut off anywhere are no certificate, and no trap`() async throws {
        let der = try await certificate(subject: "/CN=a/OU=operator")
        #expect(CertificateSubject(certificate: der) != nil)
        for length in 0..<100 { #expect(CertificateSubject(certificate: Array(der.prefix(length))) == nil) }
        for position in 0..<200 where position < der.count {
            var broken = der
            broken[position] ^= 0xFF
            // Any answer will do.
            _ = CertificateSubject(certificate: broken)
        }
    }
}
