import ClientHarness
import Dispatch
import Glibc
import ServerHarness

/// A program that ran to its end: its exit status and all that it printed.
package struct ProgramRun: Sendable {
    package var status: Int32
    package var output: String
    package var errors: String

    /// Both streams, for what does not depend on which one it was.
    package var text: String { output + errors }

    /// The last line of the output.
    package var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "" }

    /// Runs a program without a terminal; other tasks go on meanwhile.
    /// - Throws: where it does not end within `seconds`; it is killed then.
    package static func run(
        _ path: String, _ arguments: [String], environment: [String] = [], seconds: Double = 100
    ) async throws -> ProgramRun {
        try await besideTasks {
            let files = try [temporaryFile(), temporaryFile()]
            defer { files.forEach { close($0) } }
            let pid = try Spawn.start(
                path, arguments, environment: environment, terminal: nil, outputs: (files[0], files[1]))
            let status = try awaitEnd(pid, path, arguments, seconds)
            return ProgramRun(status: status, output: contents(files[0]), errors: contents(files[1]))
        }
    }

    private static func awaitEnd(
        _ pid: pid_t, _ path: String, _ arguments: [String], _ seconds: Double
    ) throws -> Int32 {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            var status: Int32 = 0
            if waitpid(pid, &status, WNOHANG) == pid {
                return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
            }
            guard ContinuousClock.now < end else {
                kill(pid, SIGKILL)
                waitpid(pid, &status, 0)
                throw HarnessError(
                    "'\(path) \(arguments.joined(separator: " "))' did not end within \(Int(seconds)) s")
            }
            usleep(3000)
        }
    }

    private static func temporaryFile() throws -> Int32 {
        var template = Array("/tmp/cctrl-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw HarnessError("no temporary file", errno) }
        unlink(template)
        return descriptor
    }

    private static func contents(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }
}

/// Runs blocking work on a thread of its own: the few threads of tasks are for those that write meanwhile.
package func besideTasks<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
    -> Value
{
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}
