/// Why a call of etcd gave no result.
package enum EtcdError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No endpoint took the connection; nothing was done.
    case unreachable(String)
    /// No answer in time. For calls that change nothing, or that were safe to repeat and were repeated.
    case timeout
    /// The call went out and its outcome is not known: it may or may not have been done.
    case unknownOutcome(String)
    /// The members have no majority now; nothing was done.
    case noLeader
    /// The member was just handing the lead on, and took no proposals; nothing was done.
    case handingOn
    /// The lease has expired or was revoked.
    case leaseNotFound
    /// The revision asked for is gone from the history.
    case compacted(oldest: Int64)
    /// The database's quota is used up; nothing was written.
    case noSpace
    /// Another error of etcd, with gRPC's code.
    case server(code: Int, message: String)
    /// The answer cannot be read.
    case malformed(String)
    /// Certificates or endpoints cannot be used.
    case configuration(String)

    package var description: String {
        switch self {
        case .unreachable(let why): "etcd cannot be reached: \(why)"
        case .timeout: "etcd did not answer in time"
        case .unknownOutcome(let why): "etcd may or may not have done it: \(why)"
        case .noLeader: "etcd has no leader: a majority of its members is missing"
        case .handingOn: "etcd is handing its lead on"
        case .leaseNotFound: "the lease has ended"
        case .compacted(let oldest): "etcd's history begins at revision \(oldest)"
        case .noSpace: "etcd's database is full (its space quota is used up)"
        case .server(let code, let message): "etcd: \(message) (code \(code))"
        case .malformed(let what): "etcd's answer cannot be read: \(what)"
        case .configuration(let what): what
        }
    }

    /// Whether the call may have been done although it failed.
    package var outcomeUnknown: Bool {
        if case .unknownOutcome = self { return true }
        return false
    }
}

extension EtcdError {
    /// Whether the member that said so has no part in a majority just now, or does not hear of it.
    var blamesMember: Bool {
        switch self {
        case .noLeader, .handingOn, .unknownOutcome: true
        default: false
        }
    }

    /// Reads the error object of the gateway.
    ///
    /// Source: etcd 3.4, `etcdserver/api/v3rpc/rpctypes/error.go`.
    init(code: Int, message: String) {
        self =
            switch message {
            case let text where text.contains("no leader"): .noLeader
            // `raft.ErrProposalDropped`: never appended to the log of a leader, so it cannot be done later either.
            case let text where text.contains("raft proposal dropped"): .handingOn
            case let text where text.contains("requested lease not found"): .leaseNotFound
            case let text where text.contains("database space exceeded"): .noSpace
            case let text where text.contains("required revision has been compacted"): .compacted(oldest: 0)
            // Proposed, and not seen committed: both may happen to a write that is done in the end.
            case let text where text.contains("request timed out") || text.contains("leader changed"):
                .unknownOutcome(text)
            default: .server(code: code, message: message)
            }
    }
}
