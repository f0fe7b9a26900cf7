import Glibc

/// Where one run of `cctrl` spends its time, as its own marks tell (`CCTRL_STAGES`).
struct BenchStart {
    var program: String
    var arguments: [String]
    var environment: [String: String]

    /// What happens up to each mark.
    private static let meanings = [
        "main": "start: system, dynamic linking", "options": "options",
        "configuration": "configuration (tungsten.ini)", "certificates": "certificates and TLS set-up",
        "connection": "connection, handshake, hello", "request": "request", "end": "rendering and output",
    ]

    /// The parts of one run in their order; the last is the process's end.
    func parts() throws -> [(name: String, milliseconds: Double)] {
        let begin = Self.now
        let result = try Spawn.run(
            program, arguments, environment: environment.merging(["CCTRL_STAGES": "1"]) { $1 }, seconds: 10)
        let end = Self.now
        guard result.status == 0 else {
            throw SandboxError("'\(program)' failed with status \(result.status): \(result.output)")
        }
        var last = begin
        var parts: [(name: String, milliseconds: Double)] = []
        for line in result.output.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 3, words[0] == "STAGE", let time = Int(words[2]) else { continue }
            let name = String(words[1])
            parts.append((Self.meanings[name] ?? name, Double(time - last) / 1_000_000))
            last = time
        }
        parts.append(("exit", Double(end - last) / 1_000_000))
        return parts
    }

    /// Nanoseconds of the clock that the marks use.
    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
