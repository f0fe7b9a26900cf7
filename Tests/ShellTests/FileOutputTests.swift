import CommandGrammar
import Glibc
import Shell
import Testing

/// `> file`: output goes there, complaints stay.
@Suite struct FileOutputTests {
    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        return String(decoding: buffer[..<fread(&buffer, 1, buffer.count, file)], as: UTF8.self)
    }

    private func withPath(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/cctrl-shell-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        close(descriptor)
        let path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        try body(path)
    }

    @Test func `output goes to the file, and a second arrow appends`() throws {
        try withPath { path in
            let stage = try Stage()
            #expect(
                stage.script("set force true > \(path); set force false >> '\(path)'; nonsense >> \(path)")
                    == 2)
            #expect(Self.read(path) == "FORCE: true\nFORCE: false\n")
            #expect(stage.screen.lines == [])
            #expect(stage.screen.complaints.first == "ERROR: 'nonsense' is not a command")
            #expect(stage.script("ls --json>\(path)") == 0)
            #expect(Self.read(path)?.hasPrefix("{\"command\":\"ls --json>") == true)
            #expect(stage.script("ls") == 0)
            #expect(!stage.screen.lines.isEmpty)
        }
    }

    @Test func `where the file cannot be written nothing is run`() throws {
        let stage = try Stage()
        #expect(stage.script("recover > /nonexistent/x") == 2)
        #expect(stage.east.calls.isEmpty)
        #expect(stage.screen.complaints.last == "Hint: name a file that can be written")
    }

    @Test func `a file that fills up fails the command's report, not silently`() throws {
        let stage = try Stage()
        #expect(stage.script("ls > /dev/full") == 1)
        #expect(stage.screen.complaints.first?.contains("the command was run") == true)
    }

    @Test func `files are offered by TAB`() throws {
        try withPath { path in
            let stage = try Stage()
            let line = "ls > " + path.dropLast(2)
            #expect(stage.session.complete(line, cursor: line.utf8.count).candidates == [path])
        }
    }
}
