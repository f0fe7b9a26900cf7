import AdminProtocol
import ClusterModel
import Glibc
import Shell

/// `&`: commands that run in a `cctrl` of their own, whose output comes when they have something to say.
///
/// Only where somebody goes on to look: a script with `-e` or `-f` would lose how the command ended.
final class BackgroundJobs: BackgroundRunner {
    private let options: Options
    private var started = 0
    /// Jobs that have not been waited for.
    private var jobs: [pid_t] = []

    init(_ options: Options) { self.options = options }

    func start(_ command: String, site: SiteName?, isExpert: Bool, force: Bool) throws(Refusal) -> String {
        // Takes away what is left of earlier ones.
        var ended: Int32 = 0
        jobs.removeAll { waitpid($0, &ended, WNOHANG) != 0 }
        let words = arguments(command, site: site, isExpert: isExpert, force: force)
        guard let job = spawn(words) else {
            throw Refusal(
                .failed,
                "the command could not be begun: \(String(cString: strerror(errno))); it was not run",
                hint: "run it without &")
        }
        started += 1
        jobs.append(job)
        return "[\(started)] \(job)"
    }

    /// A session that begins where this one is.
    private func arguments(_ command: String, site: SiteName?, isExpert: Bool, force: Bool) -> [String] {
        var words = ["cctrl"]
        func add(_ name: String, _ value: String?) {
            if let value { words += [name, value] }
        }
        add("--config", options.configuration)
        add("-host", options.host)
        add("-port", options.port.map { String($0) })
        add("-timeout", options.timeout.map { String($0) })
        add("-service", site?.description ?? options.service)
        add("--fields", options.presentation.fields?.joined(separator: ","))
        if options.presentation.json { words.append("--json") }
        if options.presentation.events { words.append("--events") }
        if isExpert { words.append("-expert") }
        if options.saysYes { words.append("--yes") }
        return words + ["-e", (force ? "set force true > /dev/null; " : "") + command]
    }

    private func spawn(_ words: [String]) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, which Ctrl-C at this terminal does not reach.
        posix_spawnattr_setpgroup(&attributes, 0)
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [SIGINT, SIGPIPE, SIGWINCH, SIGALRM] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        defer { pointers.forEach { free($0) } }
        var child: pid_t = 0
        let result = posix_spawn(&child, "/proc/self/exe", &actions, &attributes, &pointers, environ)
        guard result == 0 else {
            errno = result
            return nil
        }
        return child
    }
}
