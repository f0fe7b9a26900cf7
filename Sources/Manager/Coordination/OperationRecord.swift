import ClusterModel

/// An operation in the site's journal.
package struct OperationRecord: Codable, Hashable, Sendable {
    package enum Result: String, Codable, Sendable {
        case running, done, undone, failed, unknown
    }

    package var id: String
    package var command: String
    /// The name in the certificate of who asked.
    package var by: String
    package var coordinator: HostName
    package var startedAt: WallTime
    package var endedAt: WallTime?
    package var result: Result
    /// The lines that the operator saw.
    package var lines: [String]
}
