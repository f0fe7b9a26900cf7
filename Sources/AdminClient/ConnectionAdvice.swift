import AdminProtocol
import COpenSSL
import Glibc

/// Words for a connection that failed: what is wrong, and what to do.
enum ConnectionAdvice {
    /// For a connection that did not come to stand.
    static func connecting(_ failure: StreamFailure, to endpoint: Endpoint, as identity: Identity) -> Refusal
    {
        let place = "the manager of \(endpoint)"
        switch failure {
        case .timedOut:
            return Refusal(.noManager, "\(place) does not answer in time")
        case .interrupted:
            return Refusal(.noManager, "stopped connecting to \(place)")
        case .closed:
            return Refusal(.noManager, "\(place) closed the connection before it stood")
        case .system(let code):
            return Refusal(.noManager, "cannot connect to \(place): \(text(code))")
        case .unknownHost(let why):
            return Refusal(
                .noManager, "the address of \(endpoint) cannot be found: \(why)",
                hint: "check the name, or give the address in the configuration (host-addresses)")
        case .alert(let alert): return refusedUs(alert, place, identity)
        case .certificate(let code): return refusedThem(code, endpoint, identity)
        case .notOurs:
            return Refusal(
                .noManager, "what listens at \(endpoint) is not a manager of this protocol",
                hint: "check -host and -port, or manager-port in the configuration")
        case .openSSL(let why):
            return Refusal(.noManager, "the encrypted connection to \(place) failed: \(why)")
        }
    }

    /// The manager ended the handshake.
    ///
    /// TLS 1.3 brings this with the first read.
    private static func refusedUs(_ alert: Int32, _ place: String, _ identity: Identity) -> Refusal {
        let file = "'\(identity.certificate)'"
        switch alert {
        case 42, 43, 46:
            return Refusal(
                .badCertificate, "\(place) refused our certificate \(file)",
                hint: "it must be one that this cluster's authority made for a role (observer, operator)")
        case 44:
            return Refusal(.badCertificate, "\(place) refused our certificate \(file): it has been revoked")
        case 45:
            return Refusal(
                .badCertificate, "\(place) refused our certificate \(file): it has expired",
                hint: "have a new one made by the cluster's authority")
        case 48:
            return Refusal(
                .badCertificate, "\(place) refused our certificate \(file): another authority made it",
                hint: "use a certificate of the cluster that this manager belongs to")
        case 116:
            return Refusal(.badCertificate, "\(place) wants a certificate, and none was sent")
        case 120:
            return Refusal(
                .noManager, "\(place) does not speak \(ProtocolLimits.alpn)",
                hint: "check -host and -port, or manager-port in the configuration")
        case 70:
            return Refusal(.noManager, "\(place) does not speak TLS 1.3")
        default:
            return Refusal(.noManager, "\(place) ended the encrypted connection (TLS alert \(alert))")
        }
    }

    /// The manager's certificate did not convince us.
    private static func refusedThem(_ code: Int, _ endpoint: Endpoint, _ identity: Identity) -> Refusal {
        let subject = "the certificate shown at \(endpoint)"
        switch Int32(clamping: code) {
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return Refusal(
                .badCertificate, "\(subject) is not for host '\(endpoint.host)'",
                hint: "another host may answer at this address: check host-addresses in the configuration")
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return Refusal(
                .badCertificate, "\(subject) has expired",
                hint: "have a new one made for host '\(endpoint.host)'")
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return Refusal(
                .badCertificate, "\(subject) is not valid yet", hint: "compare the clocks of the two machines"
            )
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return Refusal(
                .badCertificate, "\(subject) was not made by the authority in '\(identity.authority)'",
                hint: "the manager may belong to another cluster: check -host, or CCTRL_CA")
        default:
            let why = String(cString: X509_verify_cert_error_string(code))
            return Refusal(.badCertificate, "\(subject) is refused: \(why)")
        }
    }

    /// For a request on a connection that stood.
    static func waiting(_ failure: StreamFailure, at endpoint: Endpoint, changes: Bool) -> Refusal {
        let place = "the manager of \(endpoint)"
        let look = "type 'ls' to see how things stand"
        switch failure {
        case .timedOut where changes:
            return Refusal(
                .timedOut, "\(place) has not finished in time; the operation goes on there",
                hint: "\(look), 'operation abort' to have it taken back, and -timeout to wait longer")
        case .timedOut:
            return Refusal(.timedOut, "\(place) does not answer in time", hint: "try another host with -host")
        case .interrupted where changes:
            return Refusal(
                .outcomeUnknown, "stopped waiting; the operation goes on at \(place)",
                hint: "\(look), 'operation abort' to have it taken back")
        case .interrupted:
            return Refusal(.outcomeUnknown, "stopped waiting for \(place)")
        case .notOurs:
            return Refusal(.parseError, "\(place) sent a line longer than this protocol allows")
        case .closed, .system, .unknownHost, .alert, .certificate, .openSSL:
            let why = reason(failure)
            guard changes else { return Refusal(.noManager, "the connection to \(place) broke: \(why)") }
            return Refusal(
                .outcomeUnknown, "the connection to \(place) broke before it told the outcome: \(why)",
                hint: look)
        }
    }

    private static func reason(_ failure: StreamFailure) -> String {
        switch failure {
        case .system(let code): text(code)
        case .alert(let alert): "TLS alert \(alert)"
        case .openSSL(let why), .unknownHost(let why): why
        case .certificate, .closed, .interrupted, .notOurs, .timedOut: "the other side closed it"
        }
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
