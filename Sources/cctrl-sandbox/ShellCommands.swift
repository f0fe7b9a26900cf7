import ArgumentParser
import Glibc
import SandboxKit

/// The command `env`.
struct Env: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what a shell needs to be on a host: eval \"$(cctrl-sandbox env east1)\".")

    @Argument(help: "A host, such as east1.")
    var host: String
    @OptionGroup var common: CommonOptions

    func run() throws {
        try answering {
            for (name, value) in try common.sandbox().environment(of: Place(host).host) {
                say("export \(name)=\(shellWord(value))" + (name == "PATH" ? ":\"$PATH\"" : ""))
            }
        }
    }
}

/// The command `shell`.
struct Shell: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Open a shell on a host.")

    @Argument(help: "A host, such as east1.")
    var host: String
    @OptionGroup var common: CommonOptions

    func run() throws {
        try answering {
            for (name, value) in try common.sandbox().environment(of: Place(host).host) {
                let rest = name == "PATH" ? getenv("PATH").map { ":" + String(cString: $0) } ?? "" : ""
                setenv(name, value + rest, 1)
            }
            let program = getenv("SHELL").map { String(cString: $0) } ?? "/bin/sh"
            var words: [UnsafeMutablePointer<CChar>?] = [strdup(program), nil]
            execv(program, &words)
            throw SandboxError("cannot start '\(program)': \(String(cString: strerror(errno)))")
        }
    }
}
