import Certificates
import ClusterModel

/// Certificates of a cluster that exists for one test, and some that must be refused.
package final class TestCertificates: Sendable {
    package let directory: TemporaryDirectory

    package convenience init(host: String, address: String) throws {
        try self.init(host: host, addresses: [address])
    }

    /// - Parameters: name and addresses of the one host; more names that its certificate is good for.
    package init(host: String, addresses: [String], aliases: [String] = []) throws {
        directory = try TemporaryDirectory()
        let authority = try CertificateAuthority()
        let stranger = try CertificateAuthority()
        try save(authority.own, "ca")
        try save(stranger.own, "stranger-ca")
        guard let name = HostName(host) else { throw HarnessError("'\(host)' is no host name") }
        let names = ([host] + aliases).map { CertificateProfile.SubjectName.dns($0) }
        let server = CertificateProfile.host(name, names: names + addresses.map { .address($0) })
        try save(try authority.issue(server), "host")
        try save(try stranger.issue(server), "stranger-host")
        try save(try authority.issue(.client(name: "anna", role: .operator)), "operator")
        try save(try authority.issue(.client(name: "otto", role: .observer)), "observer")
        try save(try stranger.issue(.client(name: "mallory", role: .operator)), "stranger")
        try save(try authority.issue(.client(name: "late", role: .operator), .expired), "expired")
    }

    package var authority: String { path("ca") }
    package func path(_ name: String) -> String { directory.file("\(name).pem") }
    package func key(_ name: String) -> String { directory.file("\(name)-key.pem") }

    private func save(_ certificate: IssuedCertificate, _ name: String) throws {
        try certificate.save(certificate: path(name), key: key(name))
    }
}
