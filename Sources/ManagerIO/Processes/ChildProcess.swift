import AdminProtocol
import CProcess
import Glibc
import Manager

/// A program that runs to its end beside the manager, in a session of its own, its words in a file.
struct ChildProcess: Sendable {
    var program: String
    var arguments: [String]
    /// What it prints is put at the end of this file.
    var log: String
    /// A descriptor that it reads from, and one that it writes to instead; both stay the caller's.
    var input: Int32?
    var output: Int32?

    /// Runs it.
    ///
    /// Where the task is cancelled or the time is over, the program is asked to end, then killed; it never outlives
    /// this call.
    /// - Parameters:
    ///   - tick: called some times a second while it runs.
    ///   - stuck: asked as often; what it says ends the program, and is thrown.
    ///   - began: called when it has been started.
    /// - Throws: `serviceFailed` where it cannot be started or fails, `timedOut`, `failed` where it was cancelled, or
    ///   what `stuck` says.
    func run(
        limit: Duration, tick: () -> Void = {}, stuck: () -> Refusal? = { nil }, began: () -> Void = {}
    ) async throws(Refusal) {
        let pid = try start()
        began()
        let deadline = ContinuousClock.now + limit
        var status: Int32 = 0
        while waitpid(pid, &status, WNOHANG) == 0 {
            let stuck = stuck()
            guard !Task.isCancelled, stuck == nil, ContinuousClock.now < deadline else {
                await end(pid)
                guard !Task.isCancelled else {
                    throw Refusal(.failed, "'\(program)' was ended: nobody waits for it any more")
                }
                throw stuck
                    ?? Refusal(.timedOut, "'\(program)' did not end within \(Int(limit.inSeconds)) s")
            }
            tick()
            try? await Task.sleep(for: .milliseconds(50))
        }
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        guard code == 0 else {
            throw Refusal(
                .serviceFailed, "'\(program)' ended with status \(code): \(SmallFile.lastLine(of: log))",
                hint: "\(log) on that host")
        }
    }

    private func start() throws(Refusal) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, output ?? 2, 1)
        cprocess_close_from(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        cprocess_detach(&attributes)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/sbin:/usr/bin:/sbin:/bin"
        var environment = [strdup("PATH=" + path), strdup("LC_ALL=C"), nil]
        defer { environment.forEach { free($0) } }
        var pid: pid_t = 0
        let result = posix_spawnp(&pid, program, &actions, &attributes, &words, &environment)
        guard result == 0 else {
            throw Refusal(
                .serviceFailed, "'\(program)' cannot be started: \(String(cString: strerror(result)))",
                hint: "apt-get install mariadb-backup")
        }
        // A manager comes before others; a copy that it makes does not.
        setpriority(Int32(PRIO_PROCESS.rawValue), UInt32(pid), 0)
        return pid
    }

    /// The program and whatever it has started.
    private func end(_ pid: pid_t) async {
        kill(-pid, SIGTERM)
        let deadline = ContinuousClock.now + .seconds(5)
        while waitpid(pid, nil, WNOHANG) == 0 {
            if ContinuousClock.now > deadline { kill(-pid, SIGKILL) }
            await Task.detached { try? await Task.sleep(for: .milliseconds(20)) }.value
        }
    }
}
