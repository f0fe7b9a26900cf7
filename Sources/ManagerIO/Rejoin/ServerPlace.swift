import AdminProtocol
import Glibc
import SiteConfiguration

/// Where a server's files are: asked while it runs, and remembered on the disk for when it does not.
struct ServerPlace: Codable, Hashable, Sendable {
    var data: String
    /// The file that lists the files of the binary log.
    var logIndex: String

    static func remembered(in paths: HostPaths) -> ServerPlace? {
        guard let bytes = SmallFile.bytes(paths.serverPlace) else { return nil }
        return try? FrameCodec.decode(ServerPlace.self, from: bytes)
    }

    /// - Returns: false where it could not be written.
    func remember(in paths: HostPaths) -> Bool {
        guard self != Self.remembered(in: paths) else { return true }
        guard let bytes = try? FrameCodec.encode(self) else { return false }
        return SmallFile.write(bytes, to: paths.serverPlace)
    }

    /// The files of the binary log, oldest first.
    func logFiles() throws(Refusal) -> [String] {
        guard let text = SmallFile.bytes(logIndex, limit: 4 << 20) else {
            throw Refusal(.failed, "'\(logIndex)' cannot be read: \(String(cString: strerror(errno)))")
        }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map { line in
            if line.hasPrefix("/") { return String(line) }
            return data + "/" + (line.hasPrefix("./") ? line.dropFirst(2) : line)
        }
    }
}
