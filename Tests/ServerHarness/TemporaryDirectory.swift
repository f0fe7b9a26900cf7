import Glibc

/// A directory that is removed with everything in it when it is released.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        var template = Array("/tmp/cctrl-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw HarnessError("no temporary directory", errno) }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    deinit {
        guard path.hasPrefix("/tmp/cctrl-test-") else { return }
        // A directory that cannot be removed is left behind; that fails no test.
        _ = try? ServerProcess(["rm", "-rf", "--", path], log: "/dev/null").wait()
    }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    package func write(_ text: String, to name: String) throws {
        guard let stream = fopen(file(name), "w") else { throw HarnessError("cannot write \(name)", errno) }
        defer { fclose(stream) }
        guard fputs(text, stream) >= 0 else { throw HarnessError("cannot write \(name)", errno) }
    }

    package func makeDirectory(_ name: String) throws {
        guard mkdir(file(name), 0o700) == 0 else { throw HarnessError("cannot make \(name)", errno) }
    }
}

/// Why a test could not be set up: it fails, rather than being passed over.
package struct HarnessError: Error, CustomStringConvertible {
    package var description: String

    package init(_ what: String, _ number: Int32 = 0) {
        description = number == 0 ? what : "\(what): \(String(cString: strerror(number)))"
    }
}
