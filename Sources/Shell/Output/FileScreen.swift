import AdminProtocol
import Glibc

/// `> file`: output into a file; complaints and questions stay where they were.
final class FileScreen: Screen {
    private static let gathered = 64 * 1024
    private let base: any Screen
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var failure: String?

    /// - Throws: where the file cannot be written; nothing has run then.
    init(_ path: String, appends: Bool, over base: any Screen) throws(Refusal) {
        self.path = path
        self.base = base
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : O_TRUNC), 0o644)
        guard descriptor >= 0 else {
            throw Refusal(
                .badArgument,
                "cannot write '\(path)': \(String(cString: strerror(errno))); nothing was changed",
                hint: "name a file that can be written")
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    var isInteractive: Bool { base.isInteractive }
    func complain(_ line: String) { base.complain(line) }
    func ask(_ question: String) -> String? { base.ask(question) }

    func print(_ line: String) {
        buffer += Array(line.utf8)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > Self.gathered { flush() }
    }

    func flush() {
        var rest = buffer[...]
        while !rest.isEmpty, failure == nil {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                failure = String(cString: strerror(errno))
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes what is left.
    /// - Throws: where not everything could be written; the command itself has run.
    func finish() throws(Refusal) {
        flush()
        guard let failure else { return }
        throw Refusal(
            .failed, "not all of the output could be written to '\(path)': \(failure); the command was run",
            hint: "make room, or name another file")
    }
}
