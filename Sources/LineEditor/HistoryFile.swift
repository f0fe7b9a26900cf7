import Glibc

/// The lines that were typed in earlier sessions; one file for all of a user's shells.
///
/// Lines are only ever appended, so that shells side by side lose nothing of each other.
package final class HistoryFile {
    /// Bytes at the end of the file that are read at the start.
    private static let readBytes = 256 * 1024
    private let descriptor: Int32

    /// Opens or makes the file, readable by its owner only; nil where that cannot be done, or where it is a
    /// link.
    package init?(path: String) {
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// The newest lines, oldest first.
    package func newest(_ count: Int) -> [String] {
        let end = lseek(descriptor, 0, SEEK_END)
        let start = max(0, Int(end) - Self.readBytes)
        var bytes = [UInt8](repeating: 0, count: max(0, Int(end) - start))
        let got = pread(descriptor, &bytes, bytes.count, start)
        guard got > 0 else { return [] }
        var lines = bytes[..<got].split(separator: UInt8(ascii: "\n"))
        // The first line may have lost its beginning.
        if start > 0 { lines = Array(lines.dropFirst()) }
        return lines.suffix(count).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Adds a line; a history that cannot be written is not worth a complaint.
    package func append(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(descriptor, bytes, bytes.count)
    }
}
