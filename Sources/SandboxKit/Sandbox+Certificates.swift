import Certificates
import ClusterModel
import SiteConfiguration

/// Certificates that are renewed, or end.
extension Sandbox {
    func hasExpired(_ path: String) throws -> Bool { try CertificateAuthority.hasExpired(path) }

    /// Gives a host a new certificate, with a new key, in the place of the one that it has; what it is for stays.
    /// - Parameter days: how long it is valid from now on; nil for one that ended yesterday.
    package func renewCertificate(of host: HostName, days: Int?) throws {
        let configuration = try directory.readConfiguration()
        try check(host, in: configuration)
        let files = HostFiles(
            directory: directory, configuration: configuration,
            programs: try Programs(binaries: binaries, managers: false))
        let path = try files.renewCertificate(of: host, days.map(Validity.days) ?? .expired)
        report("\(path): \(days.map { "valid for \($0) days" } ?? "ended yesterday")")
    }
}
