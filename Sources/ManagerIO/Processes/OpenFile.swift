import AdminProtocol
import Glibc

/// A file while it is open; closed with its last user.
final class OpenFile: Sendable {
    let path: String
    let descriptor: Int32

    /// Returns nil where it cannot be opened; `errno` says why.
    init?(_ path: String, _ flags: Int32) {
        self.path = path
        descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Bytes on the disk now.
    var size: Int64 { max(0, Int64(lseek(descriptor, 0, SEEK_END))) }

    /// At most `count` bytes from `offset` on; fewer at the end.
    func bytes(at offset: Int64, count: Int) throws(Refusal) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        let read = pread(descriptor, &result, count, Int(offset))
        guard read >= 0 else {
            throw Refusal(.failed, "'\(path)' cannot be read: \(String(cString: strerror(errno)))")
        }
        return Array(result[..<read])
    }

    /// Writes at the end of what was written through this.
    func append(_ bytes: some Collection<UInt8>) throws(Refusal) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard written >= 0 || errno == EINTR else {
                throw Refusal(.failed, "'\(path)' cannot be written: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(max(0, written))
        }
    }

    /// - Throws: where it is not on the disk.
    func flush() throws(Refusal) {
        guard fsync(descriptor) == 0 else {
            throw Refusal(.failed, "'\(path)' cannot be written: \(String(cString: strerror(errno)))")
        }
    }
}
