import Certificates
import ClusterModel
import Glibc
import Testing

struct CertificateTests {
    private func save(_ issued: IssuedCertificate, _ name: String, in directory: String) throws {
        try issued.save(certificate: "\(directory)/\(name).pem", key: "\(directory)/\(name)-key.pem")
    }

    private func verify(_ name: String, _ purpose: String, in directory: String) throws -> String {
        try openssl(
            "verify", "-x509_strict", "-no-CApath", "-no-CAstore", "-CAfile", "\(directory)/ca.pem",
            "-purpose",
            purpose, "\(directory)/\(name).pem"
        ).output
    }

    @Test func `openssl accepts a host as server and as client, under each of its names`() throws {
        let host = try #require(HostName("east1"))
        try withDirectory { directory in
            let authority = try CertificateAuthority()
            try save(authority.own, "ca", in: directory)
            let names: [CertificateProfile.SubjectName] = [
                .dns("east1"), .dns("east2"), .address("127.1.0.1"), .address("fd00::1"),
            ]
            try save(authority.issue(.host(host, names: names)), "host", in: directory)
            #expect(try verify("host", "sslserver", in: directory).hasSuffix(": OK\n"))
            #expect(try verify("host", "sslclient", in: directory).hasSuffix(": OK\n"))
            let text = try openssl("x509", "-in", "\(directory)/host.pem", "-noout", "-text").output
            #expect(text.contains("Subject: O = cctrl, OU = manager, CN = east1"))
            #expect(
                text.contains("DNS:east1, DNS:east2, IP Address:127.1.0.1, IP Address:FD00:0:0:0:0:0:0:1"))
            #expect(text.contains("NIST CURVE: P-256"))
        }
    }

    @Test func `a client certificate bears its role and is no server`() throws {
        try withDirectory { directory in
            let authority = try CertificateAuthority()
            try save(authority.own, "ca", in: directory)
            try save(authority.issue(.client(name: "ann", role: .observer)), "client", in: directory)
            #expect(try verify("client", "sslclient", in: directory).hasSuffix(": OK\n"))
            #expect(
                try verify("client", "sslserver", in: directory).contains("unsuitable certificate purpose"))
            let text = try openssl("x509", "-in", "\(directory)/client.pem", "-noout", "-subject").output
            #expect(text == "subject=O = cctrl, OU = observer, CN = ann\n")
        }
    }

    @Test func `an authority that was saved issues again, another one is not trusted`() throws {
        try withDirectory { directory in
            try save(CertificateAuthority().own, "ca", in: directory)
            let authority = try CertificateAuthority(
                certificate: "\(directory)/ca.pem", key: "\(directory)/ca-key.pem")
            try save(authority.issue(.client(name: "ann", role: .operator)), "client", in: directory)
            #expect(try verify("client", "sslclient", in: directory).hasSuffix(": OK\n"))
            let stranger = try CertificateAuthority().issue(.client(name: "ann", role: .operator))
            try save(stranger, "other", in: directory)
            #expect(try !verify("other", "sslclient", in: directory).contains(": OK"))
        }
    }

    @Test func `an expired certificate is expired`() throws {
        try withDirectory { directory in
            let authority = try CertificateAuthority()
            try save(authority.own, "ca", in: directory)
            try save(
                authority.issue(.client(name: "ann", role: .operator), .expired), "client", in: directory)
            #expect(try verify("client", "sslclient", in: directory).contains("certificate has expired"))
        }
    }

    @Test func `files are for their owner only and replace what was there`() throws {
        try withDirectory { directory in
            let authority = try CertificateAuthority()
            try save(authority.own, "ca", in: directory)
            try save(authority.own, "ca", in: directory)
            for path in ["\(directory)/ca.pem", "\(directory)/ca-key.pem"] {
                var info = stat()
                #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o600)
            }
            #expect(throws: CertificateError.self) {
                try authority.own.save(certificate: "/nowhere/a.pem", key: "/nowhere/a-key.pem")
            }
        }
    }

    @Test(arguments: ["a,DNS:b", "a\nb", "", "a b"])
    func `a name that could mean something else is refused`(name: String) throws {
        let host = try #require(HostName("east1"))
        let authority = try CertificateAuthority()
        #expect(throws: CertificateError.self) { try authority.issue(.host(host, names: [.dns(name)])) }
    }

    @Test func `a file that is no certificate gives a sentence`() throws {
        let error = try #require(throws: CertificateError.self) {
            try CertificateAuthority(certificate: "/dev/null", key: "/dev/null")
        }
        #expect(error.description.hasPrefix("cannot read a certificate from '/dev/null'"))
    }
}
