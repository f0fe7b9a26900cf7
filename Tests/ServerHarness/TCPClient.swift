import Glibc

/// A plain TCP connection whose calls block for a bounded time.
package final class TCPClient: Sendable {
    private let descriptor: Int32

    /// - Throws: where nobody listens, or nobody answers within `seconds`.
    package init(address: String, port: Int, seconds: Int = 10) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        setLimit(SO_SNDTIMEO, seconds * 1000)
        guard Self.withName(address, port, { connect(descriptor, $0, $1) }) == 0 else {
            throw HarnessError("cannot connect to \(address):\(port)", errno)
        }
    }

    deinit { close(descriptor) }

    /// What comes next, up to `count` bytes; empty at the end of the connection.
    /// - Throws: where nothing comes in time.
    package func read(_ count: Int = 4096, milliseconds: Int = 20_000) async throws -> [UInt8] {
        try await onThread { try self.receive(count, milliseconds) }
    }

    private func receive(_ count: Int, _ milliseconds: Int) throws -> [UInt8] {
        setLimit(SO_RCVTIMEO, milliseconds)
        var bytes = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &bytes, count, 0)
        if received < 0 && errno == ECONNRESET { return [] }
        guard received >= 0 else { throw HarnessError("nothing came", errno) }
        return Array(bytes[..<received])
    }

    package func write(_ bytes: [UInt8]) {
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Everything until the other end closes.
    package func readToEnd() async throws -> [UInt8] {
        var all: [UInt8] = []
        while case let next = try await read(), !next.isEmpty { all += next }
        return all
    }

    private func setLimit(_ option: Int32, _ milliseconds: Int) {
        var limit = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    static func withName(
        _ address: String, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        inet_pton(AF_INET, address, &name.sin_addr)
        return withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
