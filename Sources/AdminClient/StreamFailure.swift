import COpenSSL
import Glibc

/// Why a connection failed: a fact, put into words by `ConnectionAdvice`.
enum StreamFailure: Error, Equatable {
    case timedOut
    case interrupted
    /// The other side closed, in order or not.
    case closed
    /// An `errno` value.
    case system(Int32)
    /// A host name that cannot be resolved; the resolver's words.
    case unknownHost(String)
    /// The other side ended TLS with this alert (RFC 8446, section 6).
    case alert(Int32)
    /// Its certificate was refused here: OpenSSL's verify code.
    case certificate(Int)
    /// What listens does not speak TLS, or not this protocol.
    case notOurs
    /// OpenSSL's words for all else.
    case openSSL(String)
}

extension StreamFailure {
    /// Empties OpenSSL's error queue of this thread.
    ///
    /// Reason codes of the library "SSL" above 1000 are alerts that came from the other side.
    static func drain(verifyResult: Int = Int(X509_V_OK)) -> StreamFailure {
        var texts: [String] = []
        var failure: StreamFailure?
        while true {
            let error = ERR_get_error()
            if error == 0 { break }
            if copenssl_is_system_error(error) != 0 {
                failure = failure ?? .system(copenssl_error_reason(error))
                texts.append(String(cString: strerror(copenssl_error_reason(error))))
                continue
            }
            texts.append(ERR_reason_error_string(error).map { String(cString: $0) } ?? "error \(error)")
            guard copenssl_error_library(error) == ERR_LIB_SSL else { continue }
            switch copenssl_error_reason(error) {
            case let reason where reason > SSL_AD_REASON_OFFSET:
                failure = failure ?? .alert(reason - SSL_AD_REASON_OFFSET)
            case SSL_R_CERTIFICATE_VERIFY_FAILED: failure = failure ?? .certificate(verifyResult)
            case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_UNSUPPORTED_PROTOCOL,
                SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_UNEXPECTED_MESSAGE:
                failure = failure ?? .notOurs
            case SSL_R_UNEXPECTED_EOF_WHILE_READING: failure = failure ?? .closed
            default: break
            }
        }
        return failure ?? .openSSL(texts.isEmpty ? "unknown error" : texts.joined(separator: "; "))
    }
}
