import Glibc
import Testing

/// A program on a terminal of its own: `send` keys, `expect` text.
final class PseudoTerminal {
    private let master: Int32
    let pid: pid_t
    /// What was shown after the last text that was expected.
    private(set) var shown = ""

    init(_ path: String, _ arguments: [String] = [], environment: [String] = [], columns: UInt16 = 80) throws
    {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var unlocked: Int32 = 0
        var number: UInt32 = 0
        // TIOCSPTLCK and TIOCGPTN, which Swift does not import.
        try #require(ioctl(master, 0x4004_5431, &unlocked) == 0)
        try #require(ioctl(master, 0x8004_5430, &number) == 0)
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try #require(ioctl(master, UInt(TIOCSWINSZ), &size) == 0)
        pid = try Spawn.start(
            path, arguments, environment: environment, terminal: "/dev/pts/\(number)", outputs: nil)
    }

    deinit {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        close(master)
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// Waits for `text`; fails the test when it does not come.
    func expect(_ text: String, seconds: Int32 = 10, _ place: SourceLocation = #_sourceLocation) throws {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            if let found = shown.firstRange(of: text) {
                shown = String(shown[found.upperBound...])
                return
            }
            var watched = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            let ready = poll(&watched, 1, seconds * 1000)
            let count = ready > 0 ? read(master, &chunk, chunk.count) : 0
            try #require(
                count > 0, "no \(text.debugDescription) in \(shown.debugDescription)", sourceLocation: place)
            shown += String(decoding: chunk[..<count], as: UTF8.self)
        }
    }

    /// Waits for the program's end.
    func exitStatus() throws -> Int32 { try Spawn.wait(for: pid) }
}

/// Programs that tests start.
enum Spawn {
    /// What a program wrote, and its exit status.
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Starts a program on a terminal, or with the given descriptors as its output and error output.
    static func start(
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

        let settings =
            ["TERM=xterm", "LC_ALL=C.UTF-8", "HOME=/nonexistent", "PATH=/usr/bin:/bin"] + environment
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = settings.map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, path, &actions, &attributes, &words, &variables)
        try #require(result == 0, "cannot start \(path): \(String(cString: strerror(result)))")
        return pid
    }

    /// Runs a program to its end, without a terminal.
    static func run(_ path: String, _ arguments: [String], environment: [String] = []) throws -> Result {
        let files = try [temporaryFile(), temporaryFile()]
        defer { files.forEach { close($0) } }
        let pid = try start(
            path, arguments, environment: environment, terminal: nil, outputs: (files[0], files[1]))
        let status = try wait(for: pid)
        return Result(status: status, output: contents(files[0]), errors: contents(files[1]))
    }

    /// - Returns: the exit status, or 128 and the signal's number.
    static func wait(for pid: pid_t) throws -> Int32 {
        for _ in 0..<2000 {
            var status: Int32 = 0
            let ended = waitpid(pid, &status, WNOHANG)
            if ended == pid { return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F }
            try #require(ended == 0, "process \(pid) is gone")
            usleep(5000)
        }
        kill(pid, SIGKILL)
        try #require(Bool(false), "process \(pid) did not end within 10 seconds")
        return -1
    }

    private static func temporaryFile() throws -> Int32 {
        var template = Array("/tmp/cctrl-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0, "no temporary file")
        unlink(template)
        return descriptor
    }

    private static func contents(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 256 * 1024)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }
}

/// The programs of this package, beside the one that runs the tests.
enum Built {
    static let cctrl = directory + "/cctrl"
    static let docs = directory + "/cctrl-docs"

    /// The package's own folder.
    static var root: String {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }

    private static var directory: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
