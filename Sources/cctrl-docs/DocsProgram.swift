import CommandGrammar
import Glibc
import Shell

/// `cctrl-docs [--check] [DIRECTORY]`: writes `completions/` and `man/` from the tables, or says which are
/// stale.
enum DocsProgram {
    static func run(_ words: [String]) -> Int32 {
        let checks = words.contains("--check")
        let root = words.first { !$0.hasPrefix("-") } ?? "."
        var stale: [String] = []
        for (path, text) in files {
            let full = "\(root)/\(path)"
            let bytes = Array(text.utf8)
            if bytes == read(full) { continue }
            stale.append(path)
            if checks { continue }
            guard write(bytes, to: full) else {
                print("cctrl-docs: cannot write '\(full)': \(String(cString: strerror(errno)))")
                return 1
            }
        }
        let verb = checks ? "stale, run cctrl-docs" : "written"
        for path in stale { print("\(path): \(verb)") }
        return checks && !stale.isEmpty ? 1 : 0
    }

    private static var files: [(path: String, text: String)] {
        ShellScripts.all(program: "cctrl", options: OptionTable.all).map {
            ("completions/\($0.name)", $0.text)
        }
            + [CctrlPage.page, ManagerPage.page, SandboxPage.page].map { ("man/\($0.fileName)", $0.text) }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += chunk[..<count]
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
