import COpenSSL

/// A certificate with its private key (P-256).
package final class IssuedCertificate {
    let certificate: OpaquePointer
    let key: OpaquePointer

    /// Takes both over and frees them.
    init(certificate: OpaquePointer, key: OpaquePointer) {
        self.certificate = certificate
        self.key = key
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    /// Writes both as PEM with mode 0600, each at once whole or not at all.
    package func save(certificate certificatePath: String, key keyPath: String) throws(CertificateError) {
        try PrivateFile.write(keyPEM(), to: keyPath)
        try PrivateFile.write(certificatePEM(), to: certificatePath)
    }

    package func certificatePEM() throws(CertificateError) -> [UInt8] {
        try pem("write a certificate") { PEM_write_bio_X509($0, certificate) }
    }

    package func keyPEM() throws(CertificateError) -> [UInt8] {
        try pem("write a key") { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    private func pem(
        _ action: String, _ encode: (OpaquePointer) -> Int32
    ) throws(CertificateError) -> [UInt8] {
        guard let memory = BIO_new(BIO_s_mem()) else { throw .openSSL(action) }
        defer { BIO_free(memory) }
        guard encode(memory) == 1 else { throw .openSSL(action) }
        var bytes = [UInt8](repeating: 0, count: Int(BIO_ctrl_pending(memory)))
        guard BIO_read(memory, &bytes, Int32(bytes.count)) == Int32(bytes.count) else {
            throw .openSSL(action)
        }
        return bytes
    }
}
