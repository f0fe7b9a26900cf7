import AdminClient
import AdminProtocol
import Glibc
import Shell

/// `--complete-line`: answers the login shell's TAB within 150 ms, or says nothing.
enum ShellCompletion {
    /// The environment may give more, for managers that are far away.
    private static let milliseconds =
        Settings.environment("CCTRL_COMPLETION_MS").flatMap { Int($0) }.map { min(max($0, 1), 60_000) } ?? 150

    static func run(_ line: String, _ point: Int, _ output: Output) {
        // A hard end, whatever is waited for: a resolver, a slow disk, a silent manager.
        signal(SIGALRM) { _ in _exit(0) }
        var limit = itimerval()
        limit.it_value.tv_sec = Self.milliseconds / 1000
        limit.it_value.tv_usec = Self.milliseconds % 1000 * 1000
        setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &limit, nil)

        // Without a configuration there are still commands and options to offer.
        let session = try? makeSession(CommandLineCompletion.options(line, point: point), output)
        let words = CommandLineCompletion.words(line, point: point) { session?.names($0) ?? [] }
        words.forEach(output.print)
    }

    private static func makeSession(_ options: Options, _ output: Output) throws(Refusal) -> Session {
        let settings = try Settings(options)
        let patience = Patience(connect: milliseconds, reading: milliseconds, changing: milliseconds)
        let managers = Managers(settings, patience: patience)
        return Session(screen: output, network: managers, site: settings.site, isExpert: false)
    }
}
