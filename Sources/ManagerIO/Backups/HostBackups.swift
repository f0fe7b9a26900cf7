import AdminProtocol
import ClusterModel
import Glibc
import Logging
import Manager
import SiteConfiguration
import Synchronization

/// Backups of this host's server by `mariadb-backup`, in plain directories.
///
/// The program reads the server's files, so it runs as the manager does: as root, or as the server's own user.
package final class HostBackups: BackupControl, CopyControl {
    let host: HostName
    let site: SiteEntry
    let configuration: ClusterConfiguration
    let paths: HostPaths
    let server: any ServerControl
    let services: any ServiceRunner
    let peers: any Peers
    let streams: DataStreams
    let log: Logger
    /// Hears of what comes next; only tests do something then.
    let boundary: @Sendable (String) -> Void
    private let isBusy = Mutex(false)

    /// The longest that copying may take, by the host's own clock.
    static let limit = Duration.seconds(12 * 3600)

    package init(
        host: HostName, site: SiteEntry, in configuration: ClusterConfiguration, server: any ServerControl,
        services: any ServiceRunner, peers: any Peers, streams: DataStreams, log: Logger,
        boundary: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.boundary = boundary
        self.peers = peers
        self.streams = streams
        self.host = host
        self.site = site
        self.configuration = configuration
        self.server = server
        self.services = services
        self.log = log
        paths = HostPaths(host: host, in: configuration)
    }

    // MARK: looking

    package func list(in directory: String?) async throws(Refusal) -> [BackupInfo] {
        BackupCatalog(directory: directory ?? paths.backups).backups
    }

    package func find(_ backup: String?) async throws(Refusal) -> BackupInfo {
        let hint = "datasource \(host) backups lists them"
        guard let backup else {
            guard let newest = BackupCatalog(directory: paths.backups).backups.first else {
                throw Refusal(
                    .noSuchBackup,
                    "there is no backup in '\(paths.backups)' of '\(host)'; nothing was changed",
                    hint: "datasource \(host) backup")
            }
            return newest
        }
        let directory = backup.lastIndex(of: "/").map { String(backup[..<$0]) } ?? paths.backups
        let name = backup.split(separator: "/").last.map(String.init) ?? ""
        guard name != "..", let found = BackupCatalog(directory: directory).read(name) else {
            throw Refusal(
                .noSuchBackup, "'\(backup)' is no complete backup on '\(host)'; nothing was changed",
                hint: hint)
        }
        guard found.site == site.name else {
            throw Refusal(
                .noSuchBackup,
                "'\(backup)' is a backup of the site '\(found.site)', not of '\(site.name)'; nothing was changed",
                hint: hint)
        }
        return found
    }

    // MARK: making

    package func make(
        in directory: String?, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> BackupInfo {
        try await alone { () async throws(Refusal) in try await copy(to: directory ?? paths.backups, progress)
        }
    }

    private func copy(
        to directory: String, _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> BackupInfo {
        let catalog = BackupCatalog(directory: directory)
        guard FileTree.make(directory) else {
            throw Refusal(
                .badArgument,
                "'\(directory)' cannot be made on '\(host)': \(String(cString: strerror(errno))); nothing was changed",
                hint: "datasource \(host) backup <another directory>")
        }
        catalog.sweep(host)
        let report = await server.observe()
        let data = try await server.dataDirectory()
        let expected = FileTree.size(data)
        try checkRoom(expected, at: directory)
        let started = WallTime.now
        let name = catalog.freshName(host, at: started)
        let target = "\(directory)/\(name)\(BackupCatalog.partial)"
        do throws(Refusal) {
            progress("Using the 'mariadb-backup' backup agent.")
            progress("'\(host)' starting backup to \(directory)/\(name)")
            try await runCopy(to: target, of: expected, progress)
            progress("'\(host)' preparing the copy")
            try await tool(["--prepare", "--use-memory=128M", "--target-dir=\(target)"]).run(
                limit: Self.limit)
            let info = BackupInfo(
                name: name, directory: directory, site: site.name, host: host, startedAt: started,
                endedAt: .now, bytes: FileTree.size(target), position: try position(in: target),
                version: report.version, dataDirectory: data)
            try finish(info, target)
            return info
        } catch {
            if !FileTree.remove(target) {
                log.warning("an unfinished backup could not be removed", metadata: ["path": "\(target)"])
            }
            throw error
        }
    }

    private func runCopy(
        to target: String, of expected: Int64, _ progress: @Sendable (String) -> Void
    ) async throws(Refusal) {
        let options = "\(paths.runDirectory)/backup.cnf"
        // The password belongs in no argument list.
        guard SmallFile.write(Array(optionFile.utf8), to: options) else {
            throw Refusal(
                .failed, "'\(options)' cannot be written on '\(host)': \(String(cString: strerror(errno)))")
        }
        defer { unlink(options) }
        var said = ContinuousClock.now
        try await tool(["--defaults-file=\(options)", "--backup", "--slave-info", "--target-dir=\(target)"])
            .run(limit: Self.limit) {
                guard said.duration(to: .now) > .seconds(2) else { return }
                said = .now
                progress(
                    "'\(self.host)' \(FileTree.size(target) >> 20) of about \(expected >> 20) MiB copied")
            }
    }

    /// From here on it is a backup.
    private func finish(_ info: BackupInfo, _ target: String) throws(Refusal) {
        let describing = try FrameCodec.encode(info)
        guard SmallFile.write(describing, to: "\(target)/\(BackupCatalog.describing)"),
            rename(target, "\(info.directory)/\(info.name)") == 0
        else {
            throw Refusal(
                .failed, "the backup of '\(host)' cannot be finished: \(String(cString: strerror(errno)))")
        }
        log.notice("backup made", metadata: ["path": "\(info.directory)/\(info.name)"])
    }

    /// The server's position, all domains: the third column of the file that the copy holds.
    ///
    /// The name has changed between releases (MariaDB 10 and 11).
    func position(in target: String) throws(Refusal) -> GTIDPosition {
        for name in ["xtrabackup_binlog_info", "mariadb_backup_binlog_info"] {
            guard let text = SmallFile.text("\(target)/\(name)") else { continue }
            let columns = text.split(separator: "\t", omittingEmptySubsequences: false)
            let list = columns.dropFirst(2).joined().filter { !$0.isWhitespace }
            if let position = GTIDPosition(list), !position.isEmpty { return position }
        }
        throw Refusal(.failed, "the copy of '\(host)' does not say its position; it was removed")
    }

    // MARK: common parts

    func tool(_ arguments: [String]) -> ChildProcess {
        ChildProcess(program: "mariadb-backup", arguments: arguments, log: "\(paths.logDirectory)/backup.log")
    }

    var optionFile: String {
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        return """
            [mariadb-backup]
            user=\(quoted(configuration.replicationUser))
            password=\(quoted(configuration.replicationPassword))
            host=\(quoted(configuration.address(of: host)))
            port=\(configuration.ports.server)
            protocol=tcp
            ssl-ca=\(quoted(paths.authority))
            ssl-cert=\(quoted(paths.certificate))
            ssl-key=\(quoted(paths.key))
            tmpdir=\(quoted(paths.runDirectory))
            parallel=2

            """
    }

    func checkRoom(_ needed: Int64, at path: String) throws(Refusal) {
        let room = FileTree.room(at: path)
        guard room > needed + needed / 20 + 64 << 20 else {
            throw Refusal(
                .noSpace,
                "\(needed >> 20) MiB are needed at '\(path)' of '\(host)', and \(room >> 20) MiB are free; nothing was"
                    + " changed",
                hint: "make room, or name another directory")
        }
    }

    /// One backup or restore at a time.
    func alone<Value>(_ body: () async throws(Refusal) -> Value) async throws(Refusal) -> Value {
        let isFree = isBusy.withLock { busy in
            defer { busy = true }
            return !busy
        }
        guard isFree else {
            throw Refusal(
                .busy, "a backup, a restore or a copy runs on '\(host)' already; nothing was changed",
                hint: "history"
            )
        }
        defer { isBusy.withLock { $0 = false } }
        return try await body()
    }
}
