import Glibc
import Synchronization

/// Starts programs.
enum Spawn {
    /// Held from the moment a pipe is opened until it is known to be closed in children: a daemon that another thread
    /// starts meanwhile would keep it open.
    private static let gate = Mutex(())

    /// Starts a daemon with a session of its own, its output appended to `log`; returns its process id.
    ///
    /// `entering` are words before the program, those of a program that becomes it.
    static func daemon(
        _ program: String, _ arguments: [String], entering: [String] = [],
        environment: [String: String] = [:],
        log: String
    ) throws -> pid_t {
        let words = entering + [program] + arguments
        let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw SandboxError.system("open the log '\(log)'") }
        defer { close(output) }
        return try gate.withLock { _ in
            try start(words[0], Array(words.dropFirst()), environment: environment, output: output)
        }
    }

    /// Runs a program to its end and returns its exit status and what it printed, errors included.
    static func run(
        _ program: String, _ arguments: [String], entering: [String] = [],
        environment: [String: String] = [:],
        seconds: Double
    ) throws -> (status: Int32, output: String) {
        let words = entering + [program] + arguments
        let (pid, source) = try gate.withLock { _ in
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw SandboxError.system("open a pipe") }
            defer { close(ends[1]) }
            do {
                let rest = Array(words.dropFirst())
                return (try start(words[0], rest, environment: environment, output: ends[1]), ends[0])
            } catch {
                close(ends[0])
                throw error
            }
        }
        defer { close(source) }
        var output: [UInt8] = []
        do {
            try collect(from: source, into: &output, from: program, seconds: seconds)
        } catch {
            try endGroup(pid)
            throw error
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        return (code, String(decoding: output, as: UTF8.self))
    }

    /// Kills a child with the children of its own, which are in its process group, and waits until they are gone.
    private static func endGroup(_ pid: pid_t) throws {
        kill(-pid, SIGKILL)
        let ended = try Deadline(seconds: 10, isInterruptible: false).wait {
            waitpid(pid, nil, WNOHANG)
            return kill(-pid, 0) != 0
        }
        guard ended else { throw SandboxError("process group \(pid) does not end even when it is killed") }
    }

    private static func collect(
        from descriptor: Int32, into output: inout [UInt8], from program: String, seconds: Double
    ) throws {
        let deadline = Deadline(seconds: seconds)
        var chunk = [UInt8](repeating: 0, count: 8192)
        while true {
            var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&event, 1, 50) > 0 {
                let count = read(descriptor, &chunk, chunk.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                output += chunk[..<count]
            }
            try Interruption.check()
            if deadline.isOver {
                throw SandboxError("'\(program)' did not end within \(Int(seconds)) seconds")
            }
        }
    }

    private static func start(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], output: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        keepDescriptorsFromChildren()
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this program does with signals must not be inherited.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | 0x80  // POSIX_SPAWN_SETSID
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var variables: [UnsafeMutablePointer<CChar>?] = merged(environment).map { strdup($0) } + [nil]
        defer { for variable in variables { free(variable) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, program, &actions, &attributes, &words, &variables)
        guard code == 0 else {
            throw SandboxError("cannot start '\(program)': \(String(cString: strerror(code)))")
        }
        // A manager comes first (`Priority`); what it has started in its name does not.
        setpriority(Int32(PRIO_PROCESS.rawValue), UInt32(pid), 0)
        return pid
    }

    /// Descriptors that this program inherited, such as those of a build tool, must not live on in daemons.
    private static func keepDescriptorsFromChildren() {
        for name in Files.names(in: "/proc/self/fd") ?? [] {
            guard let descriptor = Int32(name), descriptor > 2 else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    private static func merged(_ additions: [String: String]) -> [String] {
        var result: [String] = []
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            let name = text.prefix { $0 != "=" }
            if additions[String(name)] == nil { result.append(text) }
            entry += 1
        }
        return result + additions.map { "\($0.key)=\($0.value)" }
    }
}
