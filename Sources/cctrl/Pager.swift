import Glibc

/// Shows long output page by page with the user's own program.
enum Pager {
    /// - Returns: false where the program could not be started: nothing was shown.
    static func show(_ text: String, with command: String) -> Bool {
        var pipe: [Int32] = [-1, -1]
        guard Glibc.pipe(&pipe) == 0 else { return false }
        // The reader must see the end: only this program may hold the writing end.
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let child = start(command, input: pipe[0])
        close(pipe[0])
        guard let child else {
            close(pipe[1])
            return false
        }
        feed(Array(text.utf8), to: pipe[1])
        close(pipe[1])
        var status: Int32 = 0
        // A person reads: this takes as long as it takes. Ctrl-C is the pager's, which knows what to do with it.
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        // The shell's words for a program that is not there.
        let code = status >> 8 & 0xFF
        return status & 0x7F != 0 || code != 126 && code != 127
    }

    /// Writes until everything is written or the reader has seen enough.
    private static func feed(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }

    private static func start(_ command: String, input: Int32) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this program ignores or catches its children must not.
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [SIGPIPE, SIGINT, SIGWINCH] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        // As other programs do it: colours pass, and less leaves a page that fits on the screen.
        setenv("LESS", "FRX", 0)
        // What was typed ahead for the shell is a key there: none may write a file or start a program.
        setenv("LESSSECURE", "1", 0)
        let line: [String] = ["sh", "-c", command]
        var words = line.map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var child: pid_t = 0
        return posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, environ) == 0 ? child : nil
    }
}
