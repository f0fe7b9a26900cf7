import Glibc

/// The bytes of a configuration file, read with plain system calls: `cctrl` reads it at every start.
struct ConfigurationFile {
    /// More than any real configuration; keeps a wrong path from being read for minutes.
    static let largest = 1 << 20

    var text: String
    /// Users other than owner and group may read it.
    var worldReadable: Bool

    init(path: String) throws(ConfigurationError) {
        func failure(_ message: String) -> ConfigurationError {
            ConfigurationError(path: path, message: message)
        }
        // O_NONBLOCK: a named pipe at that path must not make the program wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw failure("the configuration cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else {
            throw failure("the configuration cannot be examined: \(String(cString: strerror(errno)))")
        }
        guard info.st_mode & S_IFMT != S_IFDIR else { throw failure("is a directory; name the file in it") }
        guard info.st_mode & S_IFMT == S_IFREG else { throw failure("is not a regular file") }
        worldReadable = info.st_mode & S_IROTH != 0
        text = try Self.text(of: Self.bytes(from: descriptor, path: path), path: path)
    }

    private static func bytes(from descriptor: Int32, path: String) throws(ConfigurationError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                let reason = String(cString: strerror(errno))
                throw ConfigurationError(path: path, message: "the configuration cannot be read: \(reason)")
            }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= largest else {
                throw ConfigurationError(
                    path: path, message: "is larger than \(largest) bytes and so no tungsten.ini")
            }
        }
    }

    private static func text(of bytes: [UInt8], path: String) throws(ConfigurationError) -> String {
        if let zero = bytes.firstIndex(of: 0) {
            let line = bytes[..<zero].count { $0 == UInt8(ascii: "\n") } + 1
            throw ConfigurationError(
                path: path, line: line, message: "holds a NUL byte; the file must be text")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(
                path: path, line: firstInvalidLine(bytes),
                message: "is not valid UTF-8; save the file as UTF-8 text")
        }
        return text
    }

    private static func firstInvalidLine(_ bytes: [UInt8]) -> Int? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 }
    }
}
