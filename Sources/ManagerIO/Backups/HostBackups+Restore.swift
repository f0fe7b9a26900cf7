import AdminProtocol
import ClusterModel
import Glibc
import Logging
import Manager

/// A backup back in the place of the server's data.
extension HostBackups {
    private static let unpacked = ".restoring"

    package func unpack(
        _ backup: BackupInfo, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) {
        try await alone { () async throws(Refusal) in
            let data = try await place(of: backup)
            let target = data + Self.unpacked
            FileTree.remove(target)
            try checkRoom(backup.bytes, at: target)
            guard FileTree.make(target) else {
                throw Refusal(
                    .failed,
                    "'\(target)' cannot be made on '\(host)': \(String(cString: strerror(errno))); nothing was changed"
                )
            }
            progress("'\(host)' copying \(backup.directory)/\(backup.name) beside its data")
            var said = ContinuousClock.now
            do throws(Refusal) {
                // Without the server's own options, or it would look for its logs elsewhere.
                let copy = tool([
                    "--no-defaults", "--copy-back", "--target-dir=\(backup.directory)/\(backup.name)",
                    "--datadir=\(target)",
                ])
                try await copy.run(limit: Self.limit) {
                    guard said.duration(to: .now) > .seconds(2) else { return }
                    said = .now
                    progress(
                        "'\(self.host)' \(FileTree.size(target) >> 20) of \(backup.bytes >> 20) MiB copied")
                }
            } catch {
                FileTree.remove(target)
                throw error
            }
            FileTree.own(target, like: data)
        }
    }

    package func discard(_ backup: BackupInfo) async {
        do throws(Refusal) {
            try await alone { () async throws(Refusal) in
                _ = FileTree.remove(try await place(of: backup) + Self.unpacked)
            }
        } catch {
            log.warning("an unpacked backup was not removed", metadata: ["why": "\(error)"])
        }
    }

    package func swap(_ backup: BackupInfo) async throws(Refusal) -> [String] {
        // Half a swap would leave no server at all: it goes on when nobody waits any more.
        let result = await Task.detached { [self] () async -> Result<[String], Refusal> in
            do throws(Refusal) {
                return .success(
                    try await alone { () async throws(Refusal) in try await exchange(backup) })
            } catch {
                return .failure(error)
            }
        }.value
        return try result.get()
    }

    private func exchange(_ backup: BackupInfo) async throws(Refusal) -> [String] {
        let data = try await place(of: backup)
        return try await dataExchange.run(
            DataExchange.Note(
                data: data, fresh: data + Self.unpacked, former: Self.aside(data, for: backup.name),
                position: backup.position, history: GTIDHistory().at(backup.position)),
            named: backup.name)
    }

    /// Where data goes that is replaced.
    static func aside(_ data: String, for name: String) -> String {
        "\(data).before-\(name)-\(WallTime.now.milliseconds)"
    }

    var dataExchange: DataExchange {
        DataExchange(
            host: host, paths: paths, server: server, services: services, log: log, boundary: boundary)
    }

    /// Where the data belongs: the server says so while it runs, else the backup that it was copied from.
    private func place(of backup: BackupInfo) async throws(Refusal) -> String {
        let report = await server.observe()
        guard report.state == .online else {
            guard backup.host == host, access(backup.dataDirectory, F_OK) == 0 else {
                throw Refusal(
                    .wrongState,
                    "the server of '\(host)' does not run, and nobody else knows where its data belongs; nothing was"
                        + " changed",
                    hint: "service \(host)/mysql start")
            }
            return backup.dataDirectory
        }
        guard Self.release(report.version) == Self.release(backup.version) else {
            throw Refusal(
                .wrongState,
                "'\(backup.name)' is of MariaDB \(backup.version), and '\(host)' runs \(report.version); nothing was"
                    + " changed",
                hint: "datasource \(host) backups")
        }
        return try await server.dataDirectory()
    }

    /// `10.11` of `10.11.14-MariaDB`: data of another release is not taken over by the way.
    static func release(_ version: String) -> String {
        version.split(separator: ".").prefix(2).joined(separator: ".")
    }
}
