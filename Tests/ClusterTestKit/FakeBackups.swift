import AdminProtocol
import ClusterModel
import Manager
import Synchronization

/// Backups of one host, in memory.
package final class FakeBackups: BackupControl {
    let host: HostName
    let site: SiteName
    let diary: Diary
    private let made = Mutex<[BackupInfo]>([])

    package init(_ host: HostName, _ site: SiteName, _ diary: Diary) {
        self.host = host
        self.site = site
        self.diary = diary
    }

    package func make(
        in directory: String?, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> BackupInfo {
        try await diary.perform("backup", on: host) { () async throws(Refusal) in
            progress("copying")
            return made.withLock { made in
                let time = WallTime(milliseconds: Int64(made.count) * 1000)
                let info = BackupInfo(
                    name: "backup-\(made.count + 1)", directory: directory ?? "/backups", site: site,
                    host: host,
                    startedAt: time, endedAt: time, bytes: 1, position: "1-11-5", version: "10.11.1",
                    dataDirectory: "/data/\(host)")
                made.append(info)
                return info
            }
        }
    }

    package func list(in directory: String?) async throws(Refusal) -> [BackupInfo] {
        made.withLock { $0.reversed().filter { $0.directory == directory ?? "/backups" } }
    }

    package func find(_ backup: String?) async throws(Refusal) -> BackupInfo {
        let found = made.withLock { made in
            made.last { backup == nil || $0.name == backup || "\($0.directory)/\($0.name)" == backup }
        }
        guard let found else { throw Refusal(.noSuchBackup, "there is no backup", hint: "backup") }
        return found
    }

    package func unpack(
        _ backup: BackupInfo, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) {
        try await diary.perform("unpack", on: host) { () async throws(Refusal) in progress("unpacking") }
    }

    package func swap(_ backup: BackupInfo) async throws(Refusal) -> [String] {
        try await diary.perform("swap", on: host) { () async throws(Refusal) in ["swapped"] }
    }

    package func discard(_ backup: BackupInfo) async {
        _ = try? await diary.perform("discard", on: host) { () async throws(Refusal) in }
    }
}
