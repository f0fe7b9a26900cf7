/// Where the members of an etcd cluster listen for clients, and how they are trusted.
package struct EtcdTarget: Sendable, Hashable {
    /// PEM files for mutual TLS.
    package struct TLS: Sendable, Hashable {
        package var authority: String
        package var certificate: String
        package var key: String

        package init(authority: String, certificate: String, key: String) {
            self.authority = authority
            self.certificate = certificate
            self.key = key
        }
    }

    /// Such as `https://127.1.0.1:2379`, the nearest first; without a slash at the end.
    package var endpoints: [String]
    /// Nil for plain HTTP.
    package var tls: TLS?

    package init(endpoints: [String], tls: TLS?) {
        self.endpoints = endpoints.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.tls = tls
    }
}
