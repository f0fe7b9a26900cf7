import AdminProtocol
import COpenSSL
import Glibc

/// What all TLS connections of this program share: TLS 1.3 only, the cluster's own authority only, our
/// certificate.
package final class TLSContext {
    let pointer: OpaquePointer

    /// - Throws: a refusal that names the file that cannot be used.
    package init(_ identity: Identity) throws(Refusal) {
        // OpenSSL writes with write(2): without this a manager that goes away would end the program.
        signal(SIGPIPE, SIG_IGN)
        try Self.checkReadable(identity.authority, "the certificate of the cluster's authority")
        try Self.checkReadable(identity.certificate, "your certificate")
        try Self.checkReadable(identity.key, "the key of your certificate")
        guard let pointer = SSL_CTX_new(TLS_client_method()) else {
            throw Refusal(.badCertificate, "TLS cannot be set up: \(StreamFailure.drain())")
        }
        do throws(Refusal) {
            try Self.fill(pointer, identity)
        } catch {
            SSL_CTX_free(pointer)
            throw error
        }
        self.pointer = pointer
    }

    deinit { SSL_CTX_free(pointer) }

    private static func fill(_ context: OpaquePointer, _ identity: Identity) throws(Refusal) {
        guard copenssl_require_tls13(context) == 1 else {
            throw Refusal(.badCertificate, "OpenSSL does not offer TLS 1.3: \(StreamFailure.drain())")
        }
        guard SSL_CTX_load_verify_file(context, identity.authority) == 1 else {
            throw unusable(identity.authority, "a certificate")
        }
        guard SSL_CTX_use_certificate_chain_file(context, identity.certificate) == 1 else {
            throw unusable(identity.certificate, "a certificate")
        }
        guard SSL_CTX_use_PrivateKey_file(context, identity.key, SSL_FILETYPE_PEM) == 1 else {
            throw unusable(identity.key, "the private key of \(identity.certificate)")
        }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        let name = Array(ProtocolLimits.alpn.utf8)
        let names = [UInt8(name.count)] + name
        guard SSL_CTX_set_alpn_protos(context, names, UInt32(names.count)) == 0 else {
            throw Refusal(.badCertificate, "TLS cannot be set up: \(StreamFailure.drain())")
        }
        copenssl_allow_partial_writes(context)
        copenssl_forget_sessions(context)
    }

    private static func unusable(_ path: String, _ what: String) -> Refusal {
        ERR_clear_error()
        return Refusal(
            .badCertificate, "'\(path)' does not hold \(what) in PEM form",
            hint:
                "have it made again by the cluster's authority, or name others with CCTRL_CA, CCTRL_CERT, "
                + "CCTRL_KEY"
        )
    }

    private static func checkReadable(_ path: String, _ what: String) throws(Refusal) {
        guard access(path, R_OK) != 0 else { return }
        let why = String(cString: strerror(errno))
        throw Refusal(
            .badCertificate, "cannot read \(what), '\(path)': \(why)",
            hint:
                "set CCTRL_ROLE to a role you have a certificate for, or CCTRL_CA, CCTRL_CERT and CCTRL_KEY "
                + "to files"
        )
    }
}
