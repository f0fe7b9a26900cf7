import CEdit
import Glibc

/// The lines that were typed in earlier sessions; one file for all of a user's shells.
///
/// Lines are appended one by one, so that shells side by side lose nothing of each other. A file that has grown
/// long is written anew, each line once.
package final class HistoryFile {
    /// Lines that are kept when the file is written anew.
    private static let keptLines = 1000
    /// Bytes at which that is done.
    private static let longFile = 128 * 1024
    private let path: String

    /// Opens or makes the file, readable by its owner only; nil where that cannot be done, or where it is a
    /// link.
    package init?(path: String) {
        self.path = path
        guard let descriptor = opened() else { return nil }
        defer { close(descriptor) }
        // A file made by other means may be open to others.
        fchmod(descriptor, 0o600)
        if lseek(descriptor, 0, SEEK_END) > Self.longFile { rewrite(descriptor) }
    }

    /// The newest lines, oldest first, each where it was typed last.
    package func newest(_ count: Int) -> [String] {
        guard let descriptor = opened() else { return [] }
        defer { close(descriptor) }
        return Self.lines(descriptor, count)
    }

    /// Adds a line; a history that cannot be written is not worth a complaint.
    package func append(_ line: String) {
        guard let descriptor = opened() else { return }
        defer { close(descriptor) }
        guard Self.lines(descriptor, 1) != [line] else { return }
        let bytes = Array((line + "\n").utf8)
        _ = write(descriptor, bytes, bytes.count)
    }

    /// Whether a line has a word that is about passwords; such a line is kept nowhere.
    package static func mayHoldSecret(_ line: String) -> Bool {
        let low = line.lowercased()
        return ["passw", "secret", "identified by", "token"].contains { low.contains($0) }
    }

    /// The file as it is now, locked: another shell may just have written it anew.
    private func opened() -> Int32? {
        for _ in 0..<3 {
            let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { return nil }
            // A home on a file system without locks, or a lock that somebody keeps: go on without.
            _ = flock(descriptor, LOCK_EX | LOCK_NB)
            var held = stat()
            var named = stat()
            if fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino {
                return descriptor
            }
            close(descriptor)
        }
        return nil
    }

    private static func lines(_ descriptor: Int32, _ count: Int) -> [String] {
        let end = lseek(descriptor, 0, SEEK_END)
        let start = max(0, Int(end) - 2 * longFile)
        var bytes = [UInt8](repeating: 0, count: max(0, Int(end) - start))
        let got = pread(descriptor, &bytes, bytes.count, start)
        guard got > 0 else { return [] }
        var lines = bytes[..<got].split(separator: UInt8(ascii: "\n"))
        // The first line may have lost its beginning.
        if start > 0 { lines = Array(lines.dropFirst()) }
        var seen: Set<String> = []
        var newest: [String] = []
        for line in lines.reversed() where newest.count < count {
            let text = String(decoding: line, as: UTF8.self)
            if seen.insert(text).inserted { newest.append(text) }
        }
        return newest.reversed()
    }

    private func rewrite(_ descriptor: Int32) {
        let text = Self.lines(descriptor, Self.keptLines).map { $0 + "\n" }.joined()
        let bytes = Array(text.utf8)
        let new = "\(path).\(getpid())"
        let file = open(new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        let isWritten = write(file, bytes, bytes.count) == bytes.count
        close(file)
        if !isWritten || rename(new, path) != 0 { unlink(new) }
    }
}
