import ClusterModel

/// What a certificate is for, and so what stands in it.
package enum CertificateProfile: Hashable, Sendable {
    /// Signs the certificates of one cluster and nothing else.
    case authority
    /// A host's server, router and manager, which are servers and clients of each other.
    ///
    /// `names` are all names and addresses that clients may check it against.
    case host(HostName, names: [SubjectName])
    /// A person or a program that talks to managers.
    case client(name: String, role: ClientRole)

    /// What the holder of a client certificate may do; stands as organizational unit in its subject.
    package enum ClientRole: String, Sendable, CaseIterable {
        case `operator`
        case observer
    }

    /// A name that clients check a host's certificate against.
    package enum SubjectName: Hashable, Sendable {
        case dns(String)
        /// An IPv4 or IPv6 address.
        case address(String)

        var text: String {
            switch self {
            case .dns(let name): "DNS:" + name
            case .address(let address): "IP:" + address
            }
        }
    }

    var commonName: String {
        switch self {
        case .authority: "cctrl cluster authority"
        case .host(let host, _): host.description
        case .client(let name, _): name
        }
    }

    var unit: String {
        switch self {
        case .authority: "authority"
        case .host: "manager"
        case .client(_, let role): role.rawValue
        }
    }

    /// The extensions, by OpenSSL's short names and in its own notation.
    var extensions: [(name: String, value: String)] {
        switch self {
        case .authority:
            [
                ("basicConstraints", "critical,CA:TRUE,pathlen:0"),
                ("keyUsage", "critical,keyCertSign,cRLSign"),
            ]
        case .host(_, let names):
            Self.leaf + [
                ("extendedKeyUsage", "serverAuth,clientAuth"),
                ("subjectAltName", names.map(\.text).joined(separator: ",")),
            ]
        case .client:
            Self.leaf + [("extendedKeyUsage", "clientAuth")]
        }
    }

    private static let leaf = [
        ("basicConstraints", "critical,CA:FALSE"), ("keyUsage", "critical,digitalSignature"),
    ]

    /// Throws where a name could be read as OpenSSL notation, or is too long for a subject.
    func check() throws(CertificateError) {
        guard (1...64).contains(commonName.utf8.count) else {
            throw CertificateError("'\(commonName)' is not from 1 to 64 bytes long")
        }
        guard case .host(let host, let names) = self else { return }
        guard !names.isEmpty else {
            throw CertificateError("host '\(host)' has no name to be checked against")
        }
        for name in names {
            let text = name.text.dropFirst(name.text.hasPrefix("IP:") ? 3 : 4)
            let allowed = text.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || ".-_:".contains($0))
            }
            guard allowed, !text.isEmpty else {
                throw CertificateError("'\(text)' is not a host name or address")
            }
        }
    }
}
