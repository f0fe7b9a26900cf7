import AdminProtocol
import NIOCore
import NIOSSL

/// The certificate files of one end of the protocol, in PEM.
package struct WireCertificates: Sendable, Hashable {
    /// The cluster's own authority; no other is trusted.
    package var authority: String
    package var certificate: String
    package var key: String

    package init(authority: String, certificate: String, key: String) {
        self.authority = authority
        self.certificate = certificate
        self.key = key
    }

    /// For the side that waits for connections: clients must show a certificate of the cluster.
    func serverContext() throws(WireError) -> NIOSSLContext {
        try context([ProtocolLimits.alpn, ProtocolLimits.dataALPN]) { chain, key in
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: key)
            // A client is known by its certificate's subject, not by an address.
            configuration.certificateVerification = .noHostnameVerification
            return configuration
        }
    }

    /// For the side that connects: the server's certificate must carry the host's name.
    func clientContext(
        protocols: [String] = [ProtocolLimits.alpn]
    ) throws(WireError) -> NIOSSLContext {
        try context(protocols) { chain, key in
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.certificateChain = chain
            configuration.privateKey = key
            configuration.certificateVerification = .fullVerification
            return configuration
        }
    }

    private func context(
        _ protocols: [String], _ make: ([NIOSSLCertificateSource], NIOSSLPrivateKeySource) -> TLSConfiguration
    ) throws(WireError) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let secret = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            var configuration = make(chain, secret)
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authority))
            configuration.minimumTLSVersion = .tlsv13
            configuration.applicationProtocols = protocols
            configuration.shutdownTimeout = .seconds(1)
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw WireError(
                "the certificate files \(authority), \(certificate) and \(key) cannot be used: \(error)")
        }
    }
}

/// Why the protocol's network side could not be set up: one sentence.
package struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
