import AdminProtocol
import Glibc
import Shell

/// Standard output and error output of a program that nobody watches.
///
/// Output is gathered and written in large pieces. When its reader goes away it is dropped, and the commands
/// go on: an operation must not end halfway because of `| head`.
final class Output: Screen {
    private static let gathered = 32 * 1024
    private var buffer: [UInt8] = []
    private var readerIsGone = false

    var isInteractive: Bool { false }

    func print(_ line: String) {
        buffer += Array(line.utf8)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > Self.gathered { flush() }
    }

    func complain(_ line: String) {
        flush()
        write(Array((line + "\n").utf8), to: STDERR_FILENO)
    }

    func ask(_ question: String) -> String? { nil }

    func flush() {
        if !readerIsGone { readerIsGone = !write(buffer, to: STDOUT_FILENO) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Says why the program ends.
    func fail(_ message: String, hint: String?, status: Int32) -> Int32 {
        RefusalView.lines(Refusal(.failed, message, hint: hint)).forEach(complain)
        return status
    }

    @discardableResult
    private func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
