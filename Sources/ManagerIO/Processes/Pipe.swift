import AdminProtocol
import CProcess
import Glibc
import Synchronization

/// A pipe whose ends go to different owners; what nobody took is closed with it.
final class Pipe: Sendable {
    private struct Ends {
        var read: Int32
        var write: Int32
    }

    private let ends: Mutex<Ends>

    init() throws(Refusal) {
        var both: [Int32] = [-1, -1]
        guard cprocess_pipe(&both) == 0 else {
            throw Refusal(.failed, "a pipe cannot be made: \(String(cString: strerror(errno)))")
        }
        ends = Mutex(Ends(read: both[0], write: both[1]))
    }

    deinit {
        closeReadEnd()
        closeWriteEnd()
    }

    /// For a child to be; still this pipe's own.
    var readEnd: Int32 { ends.withLock { $0.read } }
    var writeEnd: Int32 { ends.withLock { $0.write } }

    /// The caller owns it from now on.
    func takeReadEnd() -> Int32 {
        ends.withLock { ends in
            defer { ends.read = -1 }
            return ends.read
        }
    }

    func takeWriteEnd() -> Int32 {
        ends.withLock { ends in
            defer { ends.write = -1 }
            return ends.write
        }
    }

    func closeReadEnd() { Self.close(takeReadEnd()) }
    func closeWriteEnd() { Self.close(takeWriteEnd()) }

    private static func close(_ descriptor: Int32) {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }
}
