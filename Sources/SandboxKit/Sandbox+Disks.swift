import ClusterModel
import Glibc
import SiteConfiguration

/// Small disks for single parts of a host, which can be full. They are memory (tmpfs) and need root.
extension Sandbox {
    /// Gives a host's server, or its etcd member, a disk of its own; it is stopped for that, and started again.
    ///
    /// What is on it goes back to the sandbox's directory with `down`, and is lost when the machine ends before.
    package func makeDisk(_ place: Place, mebibytes: Int) throws {
        let disk = try disk(of: place, try directory.readConfiguration())
        guard !disk.isMounted else { throw SandboxError("'\(place)' has a disk of its own already") }
        try whileStopped(place) { try disk.mount(mebibytes: mebibytes) }
        report("\(place): a disk of \(mebibytes) MiB at \(disk.path)")
    }

    /// Takes such a disk away, and puts what is on it back into the sandbox's directory.
    package func removeDisk(_ place: Place) throws {
        let disk = try disk(of: place, try directory.readConfiguration())
        guard disk.isMounted else { throw SandboxError("'\(place)' has no disk of its own") }
        try whileStopped(place) { try disk.unmount(keepingData: true) }
        report("\(place): no disk of its own any more")
    }

    /// Stops what has its data there, and starts it again, whatever came of `change`.
    private func whileStopped(_ place: Place, _ change: () throws -> Void) throws {
        let configuration = try directory.readConfiguration()
        let control = HostControl(
            host: place.host, configuration: configuration,
            programs: try Programs(binaries: binaries, managers: true), network: network(configuration),
            environment: managerEnvironment)
        let lock = try componentLock(place.host, configuration)
        defer { withExtendedLifetime(lock) {} }
        // The manager stops its etcd with itself.
        let component: Component = place.component == .etcd ? .manager : .mysql
        let ran = !control.processes(component).isEmpty
        _ = try control.stop(component, seconds: 60)
        if component == .manager { _ = try control.stop(.etcd) }
        do {
            try change()
        } catch {
            if ran { try control.launch(component) }
            throw error
        }
        guard ran else { return }
        try control.launch(component)
        try control.awaitServing(place.component ?? component, seconds: 60)
    }

    /// Writes until nothing more can be written there.
    package func fill(_ place: Place) throws {
        let disk = try disk(of: place, try directory.readConfiguration())
        guard disk.isMounted else {
            throw SandboxError(
                "'\(place)' has no disk of its own, and this machine's is not filled",
                hint: "cctrl-sandbox disk \(place) --size 400")
        }
        try disk.fill()
        report("\(place): its disk is full")
    }

    /// Takes back what `fill` has written.
    package func empty(_ place: Place) throws {
        try disk(of: place, try directory.readConfiguration()).empty()
        report("\(place): its disk has room again")
    }

    private func disk(of place: Place, _ configuration: ClusterConfiguration) throws -> SmallDisk {
        try check(place, in: configuration)
        let paths = HostPaths(host: place.host, in: configuration)
        switch place.component {
        case .mysql: return SmallDisk(path: paths.serverVolume)
        case .etcd: return SmallDisk(path: paths.etcdData)
        default: throw SandboxError("'\(place)' has no data; HOST/mysql and HOST/etcd have")
        }
    }

    /// Takes all disks away; nothing that uses them may run.
    func removeDisks(_ configuration: ClusterConfiguration, keepingData: Bool) throws {
        for host in configuration.hosts {
            let paths = HostPaths(host: host, in: configuration)
            for path in [paths.serverVolume, paths.etcdData] {
                try SmallDisk(path: path).unmount(keepingData: keepingData)
            }
        }
    }
}

/// A directory that is a file system of its own, in memory.
package struct SmallDisk {
    let path: String

    private var filler: String { path + "/.filled" }

    /// Whether this user may make one on this machine: one is made, and removed again.
    package static var isPermitted: Bool {
        let path = "/tmp/cctrl-disk-\(getpid())"
        guard mkdir(path, 0o700) == 0 else { return false }
        defer { rmdir(path) }
        guard Glibc.mount("tmpfs", path, "tmpfs", 0, "size=1m") == 0 else { return false }
        return umount2(path, 0) == 0
    }

    var isMounted: Bool {
        Files.text("/proc/self/mounts")?.split(separator: "\n").contains {
            $0.split(separator: " ").dropFirst().first.map(String.init) == path
        } ?? false
    }

    /// Moves what is there onto the new disk.
    func mount(mebibytes: Int) throws {
        let former = path + ".former"
        let hasData = Files.exists(path)
        if hasData, rename(path, former) != 0 { throw SandboxError.system("move '\(path)'") }
        do {
            guard mkdir(path, 0o700) == 0,
                Glibc.mount("tmpfs", path, "tmpfs", 0, "size=\(mebibytes)m,mode=0700") == 0
            else {
                throw SandboxError(
                    "this machine does not let cctrl-sandbox mount a disk of memory: \(systemReason())",
                    hint: "be root (in a container: with CAP_SYS_ADMIN)")
            }
            if hasData { try Self.copy(former, to: path) }
        } catch {
            umount2(path, 0)
            rmdir(path)
            if hasData, rename(former, path) != 0 { throw SandboxError.system("move '\(former)' back") }
            throw error
        }
        try Files.remove(former)
    }

    func unmount(keepingData: Bool) throws {
        guard isMounted else { return }
        try empty()
        let copy = path + ".copy"
        if keepingData {
            try Files.remove(copy)
            guard mkdir(copy, 0o700) == 0 else { throw SandboxError.system("create '\(copy)'") }
            try Self.copy(path, to: copy)
        }
        guard umount2(path, 0) == 0 else { throw SandboxError.system("unmount '\(path)'") }
        // On an empty directory, which it replaces.
        if keepingData, rename(copy, path) != 0 { throw SandboxError.system("move '\(copy)'") }
    }

    func fill() throws {
        let descriptor = open(filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SandboxError.system("create '\(filler)'") }
        defer { close(descriptor) }
        let chunk = [UInt8](repeating: 0, count: 1 << 20)
        var size = chunk.count
        while size > 0 {
            let count = write(descriptor, chunk, size)
            if count == size { continue }
            guard count >= 0 || errno == ENOSPC else { throw SandboxError.system("write '\(filler)'") }
            if count <= 0 { size /= 4 }
        }
    }

    func empty() throws { try Files.remove(filler) }

    private static func copy(_ source: String, to target: String) throws {
        let result = try Spawn.run("/bin/cp", ["-a", "--sparse=auto", source + "/.", target], seconds: 120)
        guard result.status == 0 else {
            throw SandboxError("'\(source)' cannot be copied:\n\(result.output)")
        }
    }
}
