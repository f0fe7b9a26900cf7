import Glibc

/// Whole directories: their size, their owner, their end.
enum FileTree {
    /// Names in a directory, without `.` and `..`; nil where it cannot be read.
    static func names(in path: String) -> [String]? {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Calls `body` for a path and all below it, what is deepest first; symbolic links are not followed.
    private static func walk(_ path: String, _ body: (String, stat) -> Void) {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return }
        if facts.st_mode & S_IFMT == S_IFDIR {
            for name in names(in: path) ?? [] { walk(path + "/" + name, body) }
        }
        body(path, facts)
    }

    /// Bytes on the disk.
    static func size(_ path: String) -> Int64 {
        var total: Int64 = 0
        walk(path) { total += Int64($1.st_blocks) * 512 }
        return total
    }

    /// Gives everything below `path` the owner of `model`; only root may, and needs to.
    static func own(_ path: String, like model: String) {
        var facts = stat()
        guard geteuid() == 0, stat(model, &facts) == 0 else { return }
        walk(path) { file, _ in _ = lchown(file, facts.st_uid, facts.st_gid) }
    }

    /// - Returns: false where something is left.
    @discardableResult
    static func remove(_ path: String) -> Bool {
        walk(path) { file, facts in
            if facts.st_mode & S_IFMT == S_IFDIR { rmdir(file) } else { unlink(file) }
        }
        return access(path, F_OK) != 0
    }

    /// Makes a directory and those above it, for its owner only.
    static func make(_ path: String) -> Bool {
        var built = ""
        for part in path.split(separator: "/") {
            built += "/" + part
            if mkdir(built, 0o700) != 0, errno != EEXIST { return false }
        }
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    /// Bytes that can still be written where `path` is, or will be.
    static func room(at path: String) -> Int64 {
        var facts = statvfs()
        var place = path
        while statvfs(place, &facts) != 0 {
            guard let slash = place.lastIndex(of: "/"), place.count > 1 else { return 0 }
            place = slash == place.startIndex ? "/" : String(place[..<slash])
        }
        return Int64(facts.f_bavail) * Int64(facts.f_frsize)
    }
}
