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
        let fresh = data + Self.unpacked
        guard access(fresh, R_OK) == 0 else {
            throw Refusal(.failed, "'\(fresh)' is missing on '\(host)': nothing was changed")
        }
        let former = data + ".before-" + backup.name + "-\(WallTime.now.milliseconds)"
        try await stop()
        guard rename(data, former) == 0 else {
            let why = String(cString: strerror(errno))
            try await start()
            throw Refusal(
                .failed,
                "'\(data)' of '\(host)' cannot be put aside (\(why)); the server runs with its former data",
                hint: "the data directory must not be a mount point itself")
        }
        do throws(Refusal) {
            guard rename(fresh, data) == 0 else {
                throw Refusal(
                    .failed, "'\(fresh)' cannot take its place: \(String(cString: strerror(errno)))")
            }
            try await start()
            try await server.setExecuted(backup.position)
        } catch {
            throw await backOut(error, data, former)
        }
        return [
            "the server of '\(host)' has the data of \(backup.name), at \(backup.position)",
            "its former data is in \(former): remove it when '\(host)' is ONLINE again",
        ]
    }

    /// Gives the server its former data again.
    /// - Returns: the reason, with what became of the server.
    private func backOut(_ reason: Refusal, _ data: String, _ former: String) async -> Refusal {
        do throws(Refusal) {
            try await stop()
            // The new data is the one in place, where it got that far.
            if access(data, F_OK) == 0, rename(data, data + Self.unpacked) != 0 {
                throw Refusal(
                    .failed, "the new data could not be put aside: \(String(cString: strerror(errno)))")
            }
            guard rename(former, data) == 0 else {
                throw Refusal(.failed, "the former data is in \(former): \(String(cString: strerror(errno)))")
            }
            try await start()
            return Refusal(
                reason.code, "\(reason.message); '\(host)' runs with its former data", hint: reason.hint)
        } catch {
            return Refusal(
                .outcomeUnknown,
                "\(reason.message); and '\(host)' could not be given its former data: \(error.message)",
                hint: "service \(host)/mysql status")
        }
    }

    // MARK: the server

    private func stop() async throws(Refusal) {
        if await server.observe().state == .stopped { return }
        _ = try await services.run("mysql", .stop)
        try await wait(.stopped, "does not stop")
    }

    private func start() async throws(Refusal) {
        _ = try await services.run("mysql", .start)
        try await wait(.online, "does not serve")
    }

    private func wait(_ state: ComponentState, _ complaint: String) async throws(Refusal) {
        let deadline = ContinuousClock.now + .seconds(60)
        while await server.observe().state != state {
            guard ContinuousClock.now < deadline else {
                throw Refusal(
                    .serviceFailed, "the server of '\(host)' \(complaint) within 60 s",
                    hint: "service \(host)/mysql status")
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
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
    private static func release(_ version: String) -> String {
        version.split(separator: ".").prefix(2).joined(separator: ".")
    }
}
