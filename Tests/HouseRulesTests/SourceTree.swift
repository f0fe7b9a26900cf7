import Glibc

/// The repository's Swift files, as this test's own place in it leads to them.
struct SourceTree {
    struct File {
        /// Below the repository's root, such as `Sources/Shell/Session.swift`.
        var path: String
        var text: String

        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

        /// The module or test target that the file is of.
        var target: String { String(path.split(separator: "/")[1]) }

        /// Modules that it names in imports.
        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let at = words.firstIndex(of: "import"), at <= 1, at + 1 < words.count,
                    !line.hasPrefix("//")
                else { return nil }
                return words.last.map(String.init)
            }
        }

        /// Lines of code: neither comments nor documentation.
        var code: [Substring] {
            lines.filter { line in
                !line.drop { $0 == " " }.hasPrefix("//")
            }
        }
    }

    let root: String
    let files: [File]

    init(file: String = #filePath) throws {
        // A package elsewhere may reach these files by links.
        guard let real = realpath(file, nil) else { throw TreeError(path: file, number: errno) }
        defer { free(real) }
        let parts = String(cString: real).split(separator: "/").dropLast(3)
        root = "/" + parts.joined(separator: "/")
        var files: [File] = []
        for top in ["Sources", "Tests"] {
            for path in try Self.paths(below: top, in: root) where path.hasSuffix(".swift") {
                files.append(File(path: path, text: try Self.read("\(root)/\(path)")))
            }
        }
        self.files = files.sorted { $0.path < $1.path }
    }

    var sources: [File] { files.filter { $0.path.hasPrefix("Sources/") } }

    func text(_ path: String) throws -> String { try Self.read("\(root)/\(path)") }

    private static func paths(below folder: String, in root: String) throws -> [String] {
        guard let directory = opendir("\(root)/\(folder)") else {
            throw TreeError(path: folder, number: errno)
        }
        defer { closedir(directory) }
        var found: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix(".") else { continue }
            let path = "\(folder)/\(name)"
            var status = stat()
            guard stat("\(root)/\(path)", &status) == 0 else { throw TreeError(path: path, number: errno) }
            if status.st_mode & S_IFMT == S_IFDIR {
                found += try paths(below: path, in: root)
            } else {
                found.append(path)
            }
        }
        return found
    }

    private static func read(_ path: String) throws -> String {
        guard let file = fopen(path, "r") else { throw TreeError(path: path, number: errno) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A part of the repository that cannot be read.
struct TreeError: Error {
    var path: String
    var number: Int32
}
