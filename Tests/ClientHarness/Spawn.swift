import Glibc
import ServerHarness

/// Programs that tests start.
package enum Spawn {
    /// What a program wrote, and its exit status.
    package struct Result {
        package var status: Int32
        package var output: String
        package var errors: String
    }

    /// Starts a program on a terminal, or with the given descriptors as its output and error output.
    package static func start(
        _ path: String, _ arguments: [String], environment: [String], terminal: String?,
        outputs: (Int32, Int32)?
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let terminal {
            // The first terminal that the leader of a new session opens becomes its own.
            for descriptor in 0...2 as ClosedRange<Int32> {
                posix_spawn_file_actions_addopen(&actions, descriptor, terminal, O_RDWR, 0)
            }
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        if let outputs {
            posix_spawn_file_actions_adddup2(&actions, outputs.0, 1)
            posix_spawn_file_actions_adddup2(&actions, outputs.1, 2)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // POSIX_SPAWN_SETSID and POSIX_SPAWN_SETSIGMASK: tests run on threads that block every signal.
        posix_spawnattr_setflags(&attributes, terminal == nil ? 0x08 : 0x88)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)

        let given = Set(environment.map { $0.prefix { $0 != "=" } })
        let usual = [
            "TERM=xterm", "LC_ALL=C.UTF-8", "HOME=/nonexistent", "PATH=/usr/bin:/bin", "NO_COLOR=1",
            "PAGER=cat",
        ]
        let settings = environment + usual.filter { !given.contains($0.prefix { $0 != "=" }) }
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = settings.map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, path, &actions, &attributes, &words, &variables)
        guard result == 0 else { throw HarnessError("cannot start \(path)", result) }
        return pid
    }

    /// Runs a program to its end, without a terminal.
    package static func run(
        _ path: String, _ arguments: [String], environment: [String] = [], seconds: Int = 60
    ) throws -> Result {
        let files = try [temporaryFile(), temporaryFile()]
        defer { files.forEach { close($0) } }
        let pid = try start(
            path, arguments, environment: environment, terminal: nil, outputs: (files[0], files[1]))
        let status = try wait(for: pid, seconds: seconds)
        return Result(status: status, output: contents(files[0]), errors: contents(files[1]))
    }

    /// - Returns: the exit status, or 128 and the signal's number.
    package static func wait(for pid: pid_t, seconds: Int = 60) throws -> Int32 {
        for _ in 0..<seconds * 200 {
            var status: Int32 = 0
            let ended = waitpid(pid, &status, WNOHANG)
            if ended == pid { return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F }
            guard ended == 0 else { throw HarnessError("process \(pid) is gone") }
            usleep(5000)
        }
        kill(pid, SIGKILL)
        throw HarnessError("process \(pid) did not end within \(seconds) seconds")
    }

    private static func temporaryFile() throws -> Int32 {
        var template = Array("/tmp/cctrl-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw HarnessError("no temporary file", errno) }
        unlink(template)
        return descriptor
    }

    private static func contents(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 256 * 1024)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }
}
