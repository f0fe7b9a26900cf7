/// What the server, the client library or a deadline said instead of a result.
package struct MariaDBError: Error, Hashable, Sendable, CustomStringConvertible {
    /// An error number: the server's (1000 to 1999, 3000 up), the client library's (2000 to 2999), or one of ours.
    ///
    /// Sources: MariaDB Knowledge Base, "MariaDB Error Code Reference"; `errmsg.h` of Connector/C.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }
    }

    package var code: Code
    /// Five characters; `HY000` where there is no better one.
    package var sqlState: String
    package var message: String
    /// True where the statement went out and no answer came: the server may have done it.
    package var outcomeUnknown: Bool

    package init(_ code: Code, sqlState: String = "HY000", _ message: String, outcomeUnknown: Bool = false) {
        self.code = code
        self.sqlState = sqlState
        self.message = message
        self.outcomeUnknown = outcomeUnknown
    }

    package var description: String { "\(message) (error \(code.rawValue))" }

    /// The connection is gone, or never came about.
    package var isConnectionError: Bool {
        (2000...2999).contains(code.rawValue) || code == .deadlinePassed || code == .cancelled
    }

    /// Nothing listens where the server should: it is stopped, rather than slow.
    package var isRefused: Bool {
        code.isConnectFailure && (message.contains("(111)") || message.contains("(2)"))
    }

    /// No answer came in time: the server may be alive and stuck.
    package var isTimeout: Bool {
        code == .deadlinePassed
            || (isConnectionError && (message.contains("(110)") || message.contains("(11)")))
    }
}

extension MariaDBError.Code {
    package static let accessDenied = Self(rawValue: 1045)
    package static let tooManyConnections = Self(rawValue: 1040)
    package static let duplicateKey = Self(rawValue: 1062)
    package static let noSuchThread = Self(rawValue: 1094)
    /// The account has no right to a schema, or the schema does not exist and nothing tells.
    package static let databaseDenied = Self(rawValue: 1044)
    package static let unknownDatabase = Self(rawValue: 1049)
    package static let tableDenied = Self(rawValue: 1142)
    package static let noSuchTable = Self(rawValue: 1146)
    package static let noSlaveConfigured = Self(rawValue: 1200)
    package static let slaveMustStop = Self(rawValue: 1198)
    package static let lockWaitTimeout = Self(rawValue: 1205)
    package static let deadlock = Self(rawValue: 1213)
    package static let missingPrivilege = Self(rawValue: 1227)
    /// The statement needs a server that is not read-only.
    package static let readOnly = Self(rawValue: 1290)
    package static let queryInterrupted = Self(rawValue: 1317)
    package static let noSuchReplicationConnection = Self(rawValue: 1617)
    package static let connectionKilled = Self(rawValue: 1927)
    package static let gtidOutOfOrder = Self(rawValue: 1950)
    /// `max_statement_time` ran out.
    package static let statementTimeout = Self(rawValue: 1969)

    package static let cannotConnectSocket = Self(rawValue: 2002)
    package static let cannotConnect = Self(rawValue: 2003)
    package static let serverGone = Self(rawValue: 2006)
    package static let connectionLost = Self(rawValue: 2013)
    package static let tlsFailed = Self(rawValue: 2026)

    /// The deadline given with the call passed.
    package static let deadlinePassed = Self(rawValue: 9001)
    /// The call was cancelled from outside.
    package static let cancelled = Self(rawValue: 9002)
    /// The session was closed for good.
    package static let sessionClosed = Self(rawValue: 9003)

    fileprivate var isConnectFailure: Bool { self == .cannotConnect || self == .cannotConnectSocket }
}
