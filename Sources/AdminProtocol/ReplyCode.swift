/// Why a request was not simply done.
///
/// The thousands digit is the exit status of `cctrl`.
///
/// The registry is `docs/reply-codes.md`; codes are never reused.
package enum ReplyCode: Int, Codable, Sendable, CaseIterable {
    // 1xxx: failed, and nothing is changed.
    case failed = 1000
    /// A server refused or broke a statement.
    case serverError = 1001
    /// A service command ended with an error.
    case serviceFailed = 1002
    /// Coordination data could not be written; nothing was changed.
    case storeError = 1003
    /// An operator aborted it, and it was taken back.
    case aborted = 1004
    /// The manager itself met something that it did not expect.
    case internalError = 1099

    // 2xxx: the request itself is wrong.
    case noSuchDataSource = 2001
    case noSuchRouter = 2002
    case noSuchSite = 2003
    case noSuchComponent = 2004
    case badArgument = 2005
    /// There is no entry of this name in the journal.
    case noSuchEntry = 2006
    /// There is no backup of this name.
    case noSuchBackup = 2007

    // 3xxx: refused by a safety rule.
    case alreadyPrimary = 3001
    case noCandidate = 3002
    case noPrimary = 3003
    case wrongState = 3004
    case primaryStillServes = 3005
    case operationRunning = 3006
    case blockedBySession = 3007
    case wouldLoseWrites = 3008
    case forceNeeded = 3009
    case hostUnreachable = 3010
    case replicaBehind = 3011
    case diverged = 3012
    /// The disk has too little room.
    case noSpace = 3013
    /// Another run of the same kind is going on.
    case busy = 3014
    /// The operation is beyond its point of no return, or knows no way back.
    case notAbortable = 3015
    /// Writes would have to wait for longer than they may.
    case tooSlow = 3016
    /// No server of the site can be copied.
    case noDonor = 3020

    // 4xxx: done, and something is left to do.
    case followUpNeeded = 4001

    // 5xxx: the outcome is not known.
    case outcomeUnknown = 5001

    // 6xxx: out of time.
    case timedOut = 6001

    // 7xxx: no manager, no coordinator or no majority.
    case noQuorum = 7001
    case noCoordinator = 7002
    case noManager = 7003
    case staleEpoch = 7004

    // 8xxx: not permitted.
    case notPermitted = 8001
    case badCertificate = 8002

    // 9xxx: the peer does not speak this protocol. JSON-RPC's own numbers go on the wire beside them.
    case parseError = 9700
    case invalidRequest = 9600
    case unknownMethod = 9601
    case invalidParameters = 9602
    case frameTooLarge = 9603
    case helloNeeded = 9604
    case versionMismatch = 9605
    case tooManyRequests = 9606

    /// The exit status that `cctrl` ends with.
    package var exitStatus: Int32 {
        let thousands = rawValue / 1000
        return thousands == 9 ? 1 : Int32(thousands)
    }

    /// The number on the wire: JSON-RPC's own where it has one, else this code.
    package var wireCode: Int {
        switch self {
        case .parseError: -32700
        case .invalidRequest: -32600
        case .unknownMethod: -32601
        case .invalidParameters: -32602
        case .internalError: -32603
        default: rawValue
        }
    }

    /// Reads a number from the wire; numbers that are not known here become `failed`.
    package init(wireCode: Int) {
        self = Self.allCases.first { $0.wireCode == wireCode } ?? .failed
    }
}
