import Glibc
import LineEditor
import Testing

@Suite struct HistoryFileTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/cctrl-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for name in ["history", "link"] { unlink("\(path)/\(name)") }
            rmdir(path)
        }
        try body(path)
    }

    @Test func `lines of two shells side by side are all kept`() throws {
        try withDirectory { directory in
            let path = directory + "/history"
            let one = try #require(HistoryFile(path: path))
            let two = try #require(HistoryFile(path: path))
            one.append("ls")
            two.append("switch to söder")
            one.append("quit")
            #expect(two.newest(10) == ["ls", "switch to söder", "quit"])
            #expect(two.newest(1) == ["quit"])
        }
    }

    @Test func `the file is its owner's only`() throws {
        try withDirectory { directory in
            _ = try #require(HistoryFile(path: directory + "/history"))
            var facts = stat()
            #expect(stat(directory + "/history", &facts) == 0)
            #expect(facts.st_mode & 0o777 == 0o600)
        }
    }

    @Test func `a link is not followed`() throws {
        try withDirectory { directory in
            #expect(symlink("/etc/hostname", directory + "/link") == 0)
            #expect(HistoryFile(path: directory + "/link") == nil)
        }
    }

    @Test func `words stand in columns like those of ls`() {
        #expect(WordColumns.text(["a", "bb", "c"], width: 9) == "a   c\nbb\n")
        #expect(WordColumns.text(["a", "bb"], width: 1) == "a\nbb\n")
        #expect(WordColumns.text([], width: 80) == "")
        #expect(WordColumns.commonPrefix("east1", "east2") == "east")
    }
}
