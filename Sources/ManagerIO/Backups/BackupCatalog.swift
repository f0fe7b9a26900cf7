import AdminProtocol
import ClusterModel
import Glibc

/// The backups in a directory: each in a directory of its own, which describes itself in a file that is written last.
///
/// A name that ends in `.partial` is one that was not finished, and never counts.
struct BackupCatalog: Sendable {
    static let describing = "cctrl-backup.json"
    static let partial = ".partial"

    var directory: String

    /// Complete backups, newest first.
    var backups: [BackupInfo] {
        (FileTree.names(in: directory) ?? []).compactMap { read($0) }
            .sorted { ($0.startedAt, $0.name) > ($1.startedAt, $1.name) }
    }

    func read(_ name: String) -> BackupInfo? {
        guard !name.hasSuffix(Self.partial),
            let bytes = SmallFile.bytes("\(directory)/\(name)/\(Self.describing)"),
            var info = try? FrameCodec.decode(BackupInfo.self, from: bytes)
        else { return nil }
        // It may have been moved here.
        info.directory = directory
        info.name = name
        return info
    }

    /// A new name, after the moment and the host.
    func freshName(_ host: HostName, at time: WallTime) -> String {
        var seconds = time_t(time.milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y%m%d-%H%M%S", &parts)
        let stamp = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let names = Set(FileTree.names(in: directory) ?? [])
        var name = "\(stamp)-\(host)"
        var number = 2
        while names.contains(name) {
            name = "\(stamp)-\(host)-\(number)"
            number += 1
        }
        return name
    }

    /// Removes what earlier runs of this host have left unfinished.
    func sweep(_ host: HostName) {
        for name in FileTree.names(in: directory) ?? []
        where name.hasSuffix(Self.partial) && name.contains("-\(host)") {
            FileTree.remove("\(directory)/\(name)")
        }
    }
}
