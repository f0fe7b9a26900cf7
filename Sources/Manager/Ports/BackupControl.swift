import AdminProtocol
import ClusterModel

/// What a manager can do about backups of its own host's server.
///
/// One call at a time: another is refused with `busy`. A call that fails or is cancelled leaves nothing behind.
package protocol BackupControl: Sendable {
    /// Copies the server's data while it serves, and makes the copy ready for use.
    /// - Parameter directory: nil for the configured one.
    func make(
        in directory: String?, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> BackupInfo

    /// The complete backups of a directory, newest first.
    func list(in directory: String?) async throws(Refusal) -> [BackupInfo]

    /// A complete backup by its name in the configured directory or by its path; nil for the newest.
    func find(_ backup: String?) async throws(Refusal) -> BackupInfo

    /// Puts a copy of the backup beside the server's data; the server goes on as it is.
    func unpack(
        _ backup: BackupInfo, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal)

    /// Stops the server, puts the unpacked copy in the place of its data, starts it, and sets its position.
    ///
    /// Goes on when the caller is gone; where it fails, the server is started with its former data.
    /// - Returns: what to know about it, a line each.
    func swap(_ backup: BackupInfo) async throws(Refusal) -> [String]

    /// Removes an unpacked copy that is not wanted any more.
    func discard(_ backup: BackupInfo) async
}
