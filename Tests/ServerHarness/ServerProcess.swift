import Glibc
import Synchronization

/// A program that a test started; it is ended when it is released.
package final class ServerProcess: Sendable {
    package let pid: pid_t
    /// Nil while it runs; then what `waitpid` said.
    private let ended = Mutex<Int32?>(nil)

    /// Looks the program up in PATH and in the system's own directories; both outputs go to the file `log`.
    package init(_ arguments: [String], log: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads of the test's runtime block signals: the child must not inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var child: pid_t = 0
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        let program = try Self.find(arguments.first ?? "")
        let status = posix_spawn(&child, program, &actions, &attributes, &argv, environ)
        guard status == 0 else { throw HarnessError("cannot start \(program)", status) }
        pid = child
    }

    deinit { stop(patience: .seconds(2)) }

    package var isRunning: Bool { reap(WNOHANG) == nil }

    package func signal(_ number: Int32) {
        if isRunning { kill(pid, number) }
    }

    /// Stops the program where it is, and returns once it stands still.
    package func freeze() async throws {
        signal(SIGSTOP)
        try await eventually("\(pid) is frozen") {
            // The state is the field after the name, which stands in parentheses.
            try readFile("/proc/\(pid)/stat").split(separator: ")").last?.hasPrefix(" T") == true
        }
    }

    /// Ends the program: politely, and after `patience` by force.
    package func stop(patience: Duration = .seconds(10)) {
        signal(SIGCONT)
        signal(SIGTERM)
        let end = ContinuousClock.now + patience
        while isRunning && ContinuousClock.now < end { usleep(5000) }
        signal(SIGKILL)
        _ = reap(0)
    }

    /// Waits for the program's own end; its exit status, or 128 and the signal's number.
    package func wait() -> Int32 {
        let status = reap(0) ?? 0
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    private func reap(_ options: Int32) -> Int32? {
        ended.withLock { ended in
            if ended == nil {
                var status: Int32 = 0
                if waitpid(pid, &status, options) == pid { ended = status }
            }
            return ended
        }
    }

    private static func find(_ program: String) throws -> String {
        if program.contains("/") { return program }
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        for directory in path.split(separator: ":") + ["/usr/sbin", "/usr/bin", "/sbin", "/bin"] {
            let candidate = "\(directory)/\(program)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw HarnessError("this test needs the program '\(program)', which is not installed")
    }
}

/// Runs a program to its end, which must come within a minute.
/// - Throws: where it cannot be started, or fails; with the end of its output.
@discardableResult
package func runProgram(_ arguments: [String], in directory: TemporaryDirectory) async throws -> String {
    let log = directory.file("run-\(UInt32.random(in: 0 ... .max)).log")
    let process = try ServerProcess(arguments, log: log)
    try await eventually("\(arguments.first ?? "") ends", within: .seconds(60)) { !process.isRunning }
    let status = process.wait()
    let output = try readFile(log)
    guard status == 0 else {
        throw HarnessError("\(arguments.first ?? "") ended with \(status): \(output.suffix(2000))")
    }
    return output
}

package func readFile(_ path: String) throws -> String {
    guard let stream = fopen(path, "r") else { throw HarnessError("cannot read \(path)", errno) }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { bytes += chunk[..<count] }
    return String(decoding: bytes, as: UTF8.self)
}
