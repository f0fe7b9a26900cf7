import ClusterModel

/// Another manager, and as whom to call it.
package struct PeerTarget: Sendable, Hashable {
    /// The name that its certificate must carry.
    package var host: HostName
    package var address: String
    package var port: Int
    /// The calling host's own certificate is the client certificate.
    package var certificates: WireCertificates

    package init(host: HostName, address: String, port: Int, certificates: WireCertificates) {
        self.host = host
        self.address = address
        self.port = port
        self.certificates = certificates
    }
}
