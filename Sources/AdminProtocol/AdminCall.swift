import ClusterModel

/// Who may do something; in a client certificate it is the subject's organizational unit.
package enum AccessRole: String, Codable, Sendable, CaseIterable {
    /// Reads.
    case observer
    /// Reads and changes.
    case `operator`
    /// Another manager of the cluster: everything.
    case manager

    /// Whether this role includes what `needed` may do.
    package func includes(_ needed: AccessRole) -> Bool {
        switch self {
        case .manager: true
        case .operator: needed != .manager
        case .observer: needed == .observer
        }
    }
}

/// One request of the protocol: its parameters are the value itself, and it knows its reply.
package protocol AdminCall: Codable, Sendable {
    associatedtype Reply: Codable & Sendable
    /// The JSON-RPC method.
    static var method: String { get }
    /// The least role that may call it.
    static var access: AccessRole { get }
    /// Whether the work itself ends when the caller goes away or gives up; other work goes on without its caller.
    var endsWithCaller: Bool { get }
    /// The longest that the work may take, in seconds; nil where the usual patience is enough.
    var longest: Int? { get }
}

extension AdminCall {
    package var endsWithCaller: Bool { false }
    package var longest: Int? { nil }
}

/// Copies of a server's data.
package enum DataCopy {
    /// The longest that one may take, in seconds.
    package static let longest = 12 * 3600
}

/// What an operation ended with.
package struct Outcome: Codable, Hashable, Sendable {
    /// The lines of the classic output; steps that came as `progress` before are not repeated.
    package var lines: [String]
    /// False where the wish is done but something is left to do: the lines say what.
    package var complete: Bool
    /// The operation in the journal; nil where nothing had to be journaled.
    package var operation: String?

    package init(lines: [String], complete: Bool = true, operation: String? = nil) {
        self.lines = lines
        self.complete = complete
        self.operation = operation
    }
}

/// The parameters of the `progress` notification: one line of a running request.
package struct Progress: Codable, Hashable, Sendable {
    /// The id of the request that it belongs to.
    package var request: Int
    package var line: String

    package init(request: Int, line: String) {
        self.request = request
        self.line = line
    }
}
