import Glibc
import SiteConfiguration

/// The directory of a sandbox: what is where, and whether it is ours.
package struct SandboxDirectory: Sendable {
    /// Absolute, without symbolic links.
    package let path: String

    /// The mark of a directory that this program made; its text tells the form of what is in it.
    private static let mark = "cctrl-sandbox format 1\n"

    package init(_ path: String) throws {
        self.path = try Files.absolute(path)
        let unusable = self.path.contains { "\"{}\n\r".contains($0) }
        guard !unusable else { throw SandboxError("the path '\(self.path)' has quotes, braces or line ends") }
    }

    /// `CCTRL_SANDBOX_DIR`, else a place in the user's home.
    package static func standard() throws -> SandboxDirectory {
        if let path = getenv("CCTRL_SANDBOX_DIR").map({ String(cString: $0) }), !path.isEmpty {
            return try SandboxDirectory(path)
        }
        guard let home = getenv("HOME").map({ String(cString: $0) }), home.hasPrefix("/") else {
            throw SandboxError("HOME is not set", hint: "name a directory with --dir")
        }
        return try SandboxDirectory(home + "/.local/share/cctrl-sandbox")
    }

    package var configuration: String { path + "/tungsten.ini" }
    var authority: String { path + "/ca" }
    var template: String { path + "/template" }
    /// Statements for the template, while it is made.
    var accounts: String { path + "/accounts.sql" }
    var hosts: String { path + "/hosts" }
    /// There where hosts have namespaces of their own; its text is the address base.
    var network: String { path + "/network" }
    /// There while packets are delayed or lost.
    package var wires: String { path + "/wires" }
    private var marker: String { path + "/.cctrl-sandbox" }
    private var lockFile: String { path + "/.lock" }

    enum State {
        case absent
        case empty
        case ours
    }

    /// What stands at the path; a directory that somebody else made is an error.
    func state() throws -> State {
        guard Files.exists(path) else { return .absent }
        guard let names = Files.names(in: path) else {
            throw SandboxError(
                "'\(path)' is not a directory that can be read", hint: "choose another with --dir")
        }
        if let text = Files.text(marker) {
            guard text == Self.mark else {
                throw SandboxError(
                    "'\(path)' was made by another version of cctrl-sandbox; nothing was touched",
                    hint: "use that version to take it down, or choose another directory with --dir")
            }
            return .ours
        }
        guard names.isEmpty else {
            throw SandboxError(
                "'\(path)' is not empty and not a sandbox; nothing was touched",
                hint: "choose an empty or new directory with --dir")
        }
        return .empty
    }

    /// The configuration of an existing sandbox.
    package func readConfiguration() throws -> ClusterConfiguration {
        guard try state() == .ours, Files.exists(configuration) else {
            throw SandboxError("there is no sandbox in '\(path)'", hint: "cctrl-sandbox up")
        }
        do {
            return try ClusterConfiguration.read(path: configuration).configuration
        } catch {
            throw SandboxError("\(error)", hint: "repair the file, or: cctrl-sandbox down --purge")
        }
    }

    /// Makes the directory and its mark.
    func create() throws {
        try Files.makeDirectory(path)
        try Files.write(Self.mark, to: marker)
    }

    /// Holds the directory for one run; the lock ends with the returned value.
    func lock() throws -> FileLock {
        guard let lock = try FileLock(lockFile) else {
            throw SandboxError("another cctrl-sandbox works on '\(path)'", hint: "wait until it has ended")
        }
        return lock
    }

    /// Removes what this program makes here, and the directory where nothing else is in it.
    ///
    /// Returns the names that were left.
    func purge() throws -> [String] {
        let made = [
            hosts, authority, template, accounts, configuration, network, wires, path + "/wire.log", lockFile,
        ]
        for path in made.flatMap({ [$0, $0 + ".new"] }) { try Files.remove(path) }
        // Last: a directory that could not be emptied is still known as ours.
        try Files.remove(marker)
        let rest = Files.names(in: path) ?? []
        if rest.isEmpty, rmdir(path) != 0 { throw SandboxError.system("remove '\(path)'") }
        return rest
    }
}

/// An exclusive lock on a file, which the kernel lifts when the process ends, however it ends.
final class FileLock {
    private let descriptor: Int32

    /// Nil where another process holds it after `seconds`.
    init?(_ path: String, seconds: Double = 0) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SandboxError.system("open '\(path)'") }
        let descriptor = descriptor
        let taken = try Deadline(seconds: seconds).wait { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
        // `deinit` runs after this too, and closes the file.
        guard taken else { return nil }
    }

    deinit { close(descriptor) }
}
