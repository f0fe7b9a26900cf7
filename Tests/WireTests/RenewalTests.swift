import Certificates
import ClusterModel
import Glibc
import ServerHarness
import Testing

@testable import ManagerIO

/// What a manager makes of files that change under it.
@Suite struct RenewalTests {
    @Test func `a renewed certificate is taken up, and one that is half there or expired is not`() throws {
        let directory = try TemporaryDirectory()
        let authority = try CertificateAuthority()
        let profile = CertificateProfile.host(try #require(HostName("east1")), names: [.dns("east1")])
        let (certificate, key) = (directory.file("host.pem"), directory.file("host-key.pem"))
        let ca = directory.file("ca.pem")
        try authority.own.save(certificate: ca, key: directory.file("ca-key.pem"))
        try authority.issue(profile).save(certificate: certificate, key: key)
        let context = RenewableContext(
            WireCertificates(authority: ca, certificate: certificate, key: key)
        ) { (files) throws(WireError) in try files.serverContext() }
        let first = try context.current()
        #expect(try context.current() === first)
        // The certificate comes before its key.
        try authority.issue(profile).save(certificate: certificate, key: directory.file("other-key.pem"))
        #expect(try context.current() === first)
        #expect(rename(directory.file("other-key.pem"), key) == 0)
        let second = try context.current()
        #expect(second !== first)
        try authority.issue(profile, .expired).save(certificate: certificate, key: key)
        #expect(try context.current() === second)
        try authority.issue(profile).save(certificate: certificate, key: key)
        #expect(try context.current() !== second)
    }

    @Test func `without any usable certificate there is an error`() throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("none.pem")
        let context = RenewableContext(
            WireCertificates(authority: file, certificate: file, key: file)
        ) { (files) throws(WireError) in try files.clientContext() }
        #expect(throws: WireError.self) { _ = try context.current() }
    }

    @Test func `an etcd that gave up is quoted, without its trace`() throws {
        let directory = try TemporaryDirectory()
        let log = directory.file("etcd.log")
        func words(_ text: String) -> String? {
            #expect(SmallFile.write(Array(text.utf8), to: log))
            return MemberLife.lastWords(of: log)
        }
        let fatal =
            #"{"level":"fatal","ts":"2026-11-23T15:14:17.759Z","caller":"backend/batch_tx.go:248","#
            + #""msg":"failed to commit tx","error":"write db: no space left on device","stacktrace":"go.etcd.io"}"#
        #expect(
            words("{\"level\":\"info\"}\n\(fatal)\n")
                == "failed to commit tx: write db: no space left on device")
        #expect(
            words("{\"level\":\"info\"}\npanic: assertion failed\ngoroutine 1\n") == "panic: assertion failed"
        )
        #expect(words("{\"level\":\"info\",\"msg\":\"closed\"}\n") == nil)
        #expect(MemberLife.lastWords(of: directory.file("none")) == nil)
    }
}
