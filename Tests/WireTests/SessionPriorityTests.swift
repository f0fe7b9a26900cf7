import CProcess
import Glibc
import ManagerIO
import Testing

/// Where the kernel schedules session against session.
@Suite struct SessionPriorityTests {
    static let isGrouped = access("/proc/self/autogroup", F_OK) == 0

    @Test(.enabled(if: isGrouped, "this kernel does not group processes by session"))
    func `a session gets the value of its leader`() throws {
        try withSleeper(inOwnSession: true) { pid in
            try #require(setpriority(Int32(PRIO_PROCESS.rawValue), UInt32(pid), 5) == 0)
            SessionPriority.follow(pid)
            #expect(try group(of: pid).hasSuffix("nice 5"))
        }
    }

    @Test(.enabled(if: isGrouped, "this kernel does not group processes by session"))
    func `who leads no session gives it no value`() throws {
        try withSleeper(inOwnSession: false) { pid in
            try #require(setpriority(Int32(PRIO_PROCESS.rawValue), UInt32(pid), 6) == 0)
            let before = try group(of: pid)
            SessionPriority.follow(pid)
            #expect(try group(of: pid) == before && !before.hasSuffix("nice 6"))
        }
    }

    private func withSleeper(inOwnSession: Bool, _ body: (pid_t) throws -> Void) throws {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        if inOwnSession { cprocess_detach(&attributes) }
        var words: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
        defer { words.forEach { free($0) } }
        var pid: pid_t = 0
        let result = posix_spawnp(&pid, "sleep", nil, &attributes, &words, environ)
        try #require(result == 0)
        defer {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        try body(pid)
    }

    /// - Returns: empty for a process of the group that the kernel began with, which has no value.
    private func group(of pid: pid_t) throws -> String {
        let file = try #require(fopen("/proc/\(pid)/autogroup", "r"))
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 200)
        guard fgets(&line, 200, file) != nil else {
            try #require(ferror(file) == 0)
            return ""
        }
        let bytes = line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
