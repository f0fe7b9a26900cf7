import ArgumentParser
import ClusterModel
import Glibc
import SandboxKit

/// `cctrl-sandbox`: a whole cluster on one machine, to try, to break and to test with.
@main
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cctrl-sandbox",
        abstract: "A whole multi-site MariaDB cluster on this machine.",
        discussion: """
            Each host has a loopback address of its own (127.1.0.1 and so on) and the ports that a real host has.
            Nothing outside the sandbox's directory is changed.
            """,
        subcommands: [
            Up.self, Status.self, Env.self, Shell.self, Kill.self, Stop.self, Cont.self, Start.self,
            Disk.self, Fill.self, Free.self, SetClock.self, Renew.self,
            Cut.self, Delay.self, Loss.self, Heal.self, Load.self, Switches.self, Compare.self, Faults.self,
            Failovers.self,
            Down.self,
            Bench.self, Service.self, Wire.self,
        ])
}

/// Options that every subcommand has.
struct CommonOptions: ParsableArguments {
    @Option(
        help: "The sandbox's directory (default: CCTRL_SANDBOX_DIR, else ~/.local/share/cctrl-sandbox).",
        completion: .directory)
    var dir: String?

    @Flag(help: .hidden)
    var withoutManagers = false

    func sandbox() throws -> Sandbox {
        let directory = try dir.map { try SandboxDirectory($0) } ?? .standard()
        return try Sandbox(
            directory: directory, binaries: Self.ownDirectory(), managers: !withoutManagers
        ) { say($0) }
    }

    /// Where this program is, and so its siblings.
    private static func ownDirectory() throws -> String {
        guard let path = realpath("/proc/self/exe", nil) else {
            throw SandboxError("cannot find out where this program is: \(String(cString: strerror(errno)))")
        }
        defer { free(path) }
        let text = String(cString: path)
        return text.lastIndex(of: "/").map { String(text[..<$0]) } ?? "/"
    }
}

/// Writes a line at once, in a pipe too; a reader that has gone away is no fault.
func say(_ line: String, to descriptor: Int32 = STDOUT_FILENO) {
    let text = Array((line + "\n").utf8)
    var written = 0
    while written < text.count {
        let count = text[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 || errno == EINTR else { return }
        written += max(0, count)
    }
}

/// Runs a command's work and turns its failure into a sentence and an exit status.
func answering(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let error as SandboxError {
        say("cctrl-sandbox: \(error)", to: STDERR_FILENO)
        // 130 as shells report a program that Ctrl-C ended.
        throw ExitCode(error.message == "interrupted" ? 130 : 1)
    }
}
