import Glibc

/// Reading and writing files of a few kilobytes.
enum SmallFile {
    /// The first `limit` bytes; nil where it cannot be read.
    static func bytes(_ path: String, limit: Int = 65_536) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = read(descriptor, &bytes, limit)
        return count >= 0 ? Array(bytes[..<count]) : nil
    }

    static func text(_ path: String) -> String? { bytes(path).map { String(decoding: $0, as: UTF8.self) } }

    /// Makes a file that only its owner can read, on the disk when this returns.
    /// - Returns: false where it could not be written; `errno` says why.
    static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
    }

    /// The last `limit` bytes of a file; nil where it cannot be read.
    static func end(of path: String, limit: Int) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        lseek(descriptor, max(0, end - limit), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = max(0, read(descriptor, &bytes, bytes.count))
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The last line of a log that says something.
    static func lastLine(of path: String) -> String {
        guard let text = end(of: path, limit: 4096) else { return "it left no log" }
        let lines = text.split(whereSeparator: \.isNewline)
        let errors = lines.filter { $0.contains("rror") || $0.contains("atal") }
        return (errors.last ?? lines.last).map { String($0.prefix(300)) } ?? "it printed nothing"
    }
}
