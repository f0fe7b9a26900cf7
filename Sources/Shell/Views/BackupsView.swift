import AdminProtocol
import ClusterModel

/// `datasource <ds> backups`: newest first, a row a backup.
struct BackupsView {
    static let fields = [
        "name", "directory", "site", "host", "startedAt", "endedAt", "bytes", "position", "version",
        "dataDirectory",
    ]

    var time = TimeText.local

    func lines(_ backups: [BackupInfo]) -> [String] {
        guard let first = backups.first else { return ["no complete backup is there"] }
        return ["in \(SafeLine.of(first.directory)):"]
            + Columns.lines(
                [["NAME", "BEGUN", "TOOK", "SIZE", "VERSION", "POSITION"]]
                    + backups.map { backup in
                        [
                            backup.name, time.plain(backup.startedAt),
                            Columns.age(backup.endedAt.seconds(since: backup.startedAt)),
                            "\(backup.bytes >> 20) MiB", backup.version, backup.position.description,
                        ]
                    }, indent: 2)
    }
}
