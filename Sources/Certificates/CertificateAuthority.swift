import COpenSSL

/// The authority of one cluster: every manager, server and client of the cluster trusts it and no other.
package struct CertificateAuthority {
    /// Its own certificate and key.
    package let own: IssuedCertificate

    /// Makes a new authority.
    package init(_ validity: Validity = .days(3650)) throws(CertificateError) {
        own = try Self.issue(.authority, validity, signer: nil)
    }

    /// Reads an authority that was saved before.
    package init(certificate certificatePath: String, key keyPath: String) throws(CertificateError) {
        let certificate = try Self.read(certificatePath, "certificate") {
            PEM_read_bio_X509($0, nil, nil, nil)
        }
        do throws(CertificateError) {
            let key = try Self.read(keyPath, "key") { PEM_read_bio_PrivateKey($0, nil, nil, nil) }
            own = IssuedCertificate(certificate: certificate, key: key)
        } catch {
            X509_free(certificate)
            throw error
        }
        guard X509_check_private_key(own.certificate, own.key) == 1 else {
            throw .openSSL("use '\(certificatePath)' with '\(keyPath)'")
        }
    }

    /// Whether the certificate in a file has ended.
    package static func hasExpired(_ path: String) throws(CertificateError) -> Bool {
        let certificate = try read(path, "certificate") { PEM_read_bio_X509($0, nil, nil, nil) }
        defer { X509_free(certificate) }
        return X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0
    }

    /// Makes a certificate that this authority vouches for.
    package func issue(
        _ profile: CertificateProfile, _ validity: Validity = .days(825)
    ) throws(CertificateError) -> IssuedCertificate {
        try Self.issue(profile, validity, signer: own)
    }

    /// A nil `signer` makes the certificate sign itself.
    private static func issue(
        _ profile: CertificateProfile, _ validity: Validity, signer: IssuedCertificate?
    ) throws(CertificateError) -> IssuedCertificate {
        try profile.check()
        guard let key = copenssl_generate_p256() else { throw .openSSL("make a key") }
        guard let certificate = X509_new() else {
            EVP_PKEY_free(key)
            throw .openSSL("make a certificate")
        }
        let issued = IssuedCertificate(certificate: certificate, key: key)
        let issuer = signer ?? issued
        guard X509_set_version(certificate, 2) == 1, copenssl_random_serial(certificate) == 1,
            X509_gmtime_adj(X509_getm_notBefore(certificate), validity.start) != nil,
            X509_gmtime_adj(X509_getm_notAfter(certificate), validity.end) != nil,
            X509_set_pubkey(certificate, key) == 1
        else { throw .openSSL("make a certificate") }
        let subject = X509_get_subject_name(certificate)
        for (field, text) in [("O", "cctrl"), ("OU", profile.unit), ("CN", profile.commonName)] {
            guard X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8, text, -1, -1, 0) == 1 else {
                throw .openSSL("name a certificate '\(text)'")
            }
        }
        X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate))
        let identifiers = [("subjectKeyIdentifier", "hash"), ("authorityKeyIdentifier", "keyid:always")]
        for (name, value) in profile.extensions + identifiers {
            guard copenssl_add_extension(certificate, issuer.certificate, name, value) == 1 else {
                throw .openSSL("add \(name)=\(value) to a certificate")
            }
        }
        guard X509_sign(certificate, issuer.key, EVP_sha256()) > 0 else {
            throw .openSSL("sign a certificate")
        }
        return issued
    }

    private static func read(
        _ path: String, _ what: String, _ decode: (OpaquePointer) -> OpaquePointer?
    ) throws(CertificateError) -> OpaquePointer {
        guard let file = BIO_new_file(path, "r") else { throw .openSSL("open '\(path)'") }
        defer { BIO_free(file) }
        guard let value = decode(file) else { throw .openSSL("read a \(what) from '\(path)'") }
        return value
    }
}
