import Glibc
import Testing

/// Runs the `openssl` program, the stranger that judges what this module makes.
func openssl(_ arguments: String...) throws -> (status: Int32, output: String) {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    posix_spawn_file_actions_addclose(&actions, ends[1])
    var words: [UnsafeMutablePointer<CChar>?] = (["openssl"] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    let result = posix_spawnp(&pid, "openssl", &actions, nil, &words, environ)
    close(ends[1])
    defer { close(ends[0]) }
    try #require(result == 0, "openssl cannot be started")
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while case let count = read(ends[0], &chunk, chunk.count), count > 0 { output += chunk[..<count] }
    var status: Int32 = 0
    try #require(waitpid(pid, &status, 0) == pid)
    return ((status >> 8) & 0xFF, String(decoding: output, as: UTF8.self))
}

/// Runs `body` with a temporary directory.
func withDirectory(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/cctrl-certificates-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
        for name in ["ca", "host", "client", "other"] {
            unlink("\(path)/\(name).pem")
            unlink("\(path)/\(name)-key.pem")
        }
        rmdir(path)
    }
    try body(path)
}
