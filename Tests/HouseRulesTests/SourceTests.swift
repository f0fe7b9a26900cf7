import Testing

@Suite struct SourceTests {
    private let tree: SourceTree

    init() throws { tree = try SourceTree() }

    @Test func `no file is longer than 400 lines`() {
        #expect(tree.files.count > 100)
        for file in tree.files {
            #expect(file.lines.count <= 401, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test func `half of the files have at most 150 lines`() {
        let counts = tree.files.map(\.lines.count).sorted()
        #expect(counts[counts.count / 2] <= 151)
    }

    /// Split, so that this file does not hold what it looks for.
    private static let banned = [
        "try" + "!", "as" + "!", "fatal" + "Error(", "TO" + "DO", "FIX" + "ME", "catch {" + "}",
    ]

    @Test func `nothing ends the program where an error could be told`() {
        for file in tree.files {
            for line in file.lines {
                for word in Self.banned { #expect(!line.contains(word), "\(file.path): \(line)") }
            }
        }
    }

    @Test func `every statement that a manager sends is in one file`() {
        let words = [
            "SELECT ", "SHOW ", "CHANGE MASTER", "START SLAVE", "STOP SLAVE", "RESET SLAVE", "RESET MASTER",
            "INSERT INTO", "REPLACE INTO", "UPDATE ", "DELETE FROM", "FLUSH TABLES", "FLUSH LOGS",
            "FLUSH BINARY", "BACKUP STAGE",
            "UNLOCK TABLES", "KILL ",
        ]
        let texts: Set = ["Sources/ManagerIO/Database/Statements.swift"]
        for file in tree.sources where !texts.contains(file.path) && !Self.writesOwn(file) {
            for text in strings(in: file) {
                for word in words { #expect(!text.hasPrefix(word), "\(file.path): \"\(text)\"") }
            }
        }
    }

    /// Load writes rows of its own, faults ask servers beside their managers, and a sandbox prepares servers of its own.
    private static func writesOwn(_ file: SourceTree.File) -> Bool {
        ["LoadKit", "FaultKit", "SandboxKit"].contains(file.target)
    }

    @Test func `every command that a router gets is in one file`() {
        let words = [
            "show stat", "show info", "set server", "set maxconn", "set var", "shutdown session",
            "enable frontend",
            "disable frontend", "enable server", "disable server",
        ]
        for file in tree.sources where file.path != "Sources/HAProxyClient/RuntimeCommands.swift" {
            for text in strings(in: file) {
                for word in words { #expect(!text.hasPrefix(word), "\(file.path): \"\(text)\"") }
            }
        }
    }

    @Test func `every key of etcd is named in one file`() {
        for file in tree.sources where file.path != "Sources/Manager/StoreKey.swift" {
            for text in strings(in: file) { #expect(!text.hasPrefix("/cctrl/"), "\(file.path): \"\(text)\"") }
        }
    }

    /// The beginnings of the string literals of a file.
    private func strings(in file: SourceTree.File) -> [Substring] {
        file.code.flatMap { line in
            line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 }.map(\.element)
        }
    }
}
