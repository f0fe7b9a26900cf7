import AdminProtocol
import Glibc
import Shell

/// Lines of a file, a pipe, or given text.
final class StreamLines: LineSource {
    /// Bytes of one line; what is longer is no command.
    private static let longest = 1 << 20
    private let descriptor: Int32
    private let closes: Bool
    private var buffer: [UInt8]
    private var ended: Bool

    init(_ descriptor: Int32, closes: Bool = false) {
        self.descriptor = descriptor
        self.closes = closes
        buffer = []
        ended = false
    }

    private init(text: String) {
        descriptor = -1
        closes = false
        buffer = Array(text.utf8)
        ended = true
    }

    deinit { if closes { close(descriptor) } }

    /// - Throws: a refusal where the file cannot be opened.
    static func opening(_ input: Options.Input) throws(Refusal) -> StreamLines {
        switch input {
        case .text(let text): return StreamLines(text: text)
        case .file("-"): return StreamLines(STDIN_FILENO)
        case .file(let path):
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw Refusal(
                    .badArgument, "cannot read '\(path)': \(String(cString: strerror(errno)))",
                    hint: "-f takes a file of commands, or - for the standard input")
            }
            return StreamLines(descriptor, closes: true)
        }
    }

    func next(prompt: String) -> InputEvent {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return .line(line)
            }
            guard !ended, buffer.count < Self.longest else { break }
            var chunk = [UInt8](repeating: 0, count: 16 * 1024)
            let count = read(descriptor, &chunk, chunk.count)
            if count > 0 {
                buffer += chunk[..<count]
            } else if count == 0 || errno != EINTR {
                ended = true
            }
        }
        guard !buffer.isEmpty else { return .end }
        let line = String(decoding: buffer, as: UTF8.self)
        buffer = []
        return .line(line)
    }
}
