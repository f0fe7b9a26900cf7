import CommandGrammar
import Glibc
import Shell
import Testing

/// The sessions in `Transcripts/`, as they were and as they are.
///
/// To renew them after a change that is meant: `CCTRL_RENEW_TRANSCRIPTS=1 swift test --filter TranscriptTests`,
/// and read what `git diff` shows. Nothing sets this variable by itself.
@Suite struct TranscriptTests {
    private static let folder: String? = {
        guard let real = realpath(#filePath, nil) else { return nil }
        defer { free(real) }
        return "/" + String(cString: real).split(separator: "/").dropLast().joined(separator: "/")
            + "/Transcripts"
    }()

    private static func files() throws -> [String] {
        let folder = try #require(folder)
        let directory = try #require(opendir(folder))
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".txt") { names.append(name) }
        }
        return names.sorted()
    }

    private static func read(_ name: String) throws -> String {
        let folder = try #require(folder)
        let stream = try #require(fopen("\(folder)/\(name)", "r"))
        defer { fclose(stream) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        return String(decoding: buffer[..<fread(&buffer, 1, buffer.count, stream)], as: UTF8.self)
    }

    @Test func `every session comes out as it is written down`() throws {
        let renews = getenv("CCTRL_RENEW_TRANSCRIPTS") != nil
        var transcript = Transcript()
        let names = try Self.files()
        #expect(names.count >= 10)
        for name in names {
            let written = try Self.read(name)
            let now = try transcript.renewed(written)
            if renews, now != written {
                let folder = try #require(Self.folder)
                let stream = try #require(fopen("\(folder)/\(name)", "w"))
                #expect(fputs(now, stream) >= 0)
                fclose(stream)
                continue
            }
            let old = written.split(separator: "\n", omittingEmptySubsequences: false)
            let new = now.split(separator: "\n", omittingEmptySubsequences: false)
            let place = zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }
            #expect(
                now == written,
                "\(name):\((place?.offset ?? min(old.count, new.count)) + 1): now '\(place?.element.1 ?? "")'"
            )
        }
        for (entry, command) in CommandTable.all.enumerated() where !command.isHidden {
            for pattern in command.patterns.indices {
                #expect(
                    transcript.covered.contains([entry, pattern]),
                    "no transcript shows '\(command.patterns[pattern].usage)'")
            }
        }
    }
}
