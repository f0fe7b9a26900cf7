import COpenSSL
import Glibc

/// Why a certificate could not be made, read or written.
package struct CertificateError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }

    /// What was tried, with the reasons that OpenSSL left; empties its list of errors.
    static func openSSL(_ action: String) -> Self {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { break }
            reasons.append(ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)")
        }
        let detail = reasons.isEmpty ? "" : ": " + reasons.joined(separator: ", ")
        return Self("cannot \(action)\(detail)")
    }

    /// What was tried, with the reason of the last system call.
    static func system(_ action: String) -> Self {
        Self("cannot \(action): \(String(cString: strerror(errno)))")
    }
}
