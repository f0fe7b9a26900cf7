import CProcess
import ClusterModel
import EtcdClient
import Glibc
import Logging
import Manager
import SiteConfiguration
import WorkLoop

/// The etcd member of this host: started, watched and started again by its manager.
///
/// It outlives a manager that is killed, so that the site keeps its majority; the next manager takes it over.
package struct EtcdProcess: Sendable {
    private let host: HostName
    private let site: SiteEntry
    private let configuration: ClusterConfiguration
    private let paths: HostPaths
    private let membership: EtcdMembership
    /// Told when the member is started without all others, by a person's word.
    private let standsAlone: @Sendable () -> Void
    private let log: Logger
    /// For those who ask how the member is.
    private let life: MemberLife

    package init(
        host: HostName, site: SiteEntry, in configuration: ClusterConfiguration, client: EtcdClient,
        life: MemberLife, log: Logger, standsAlone: @escaping @Sendable () -> Void
    ) {
        membership = EtcdMembership(host: host, site: site, configuration: configuration, client: client)
        self.standsAlone = standsAlone
        self.life = life
        self.host = host
        self.site = site
        self.configuration = configuration
        self.log = log
        paths = HostPaths(host: host, in: configuration)
    }

    /// Endpoints of the site's members, this host's first.
    package static func endpoints(host: HostName, site: SiteEntry, in configuration: ClusterConfiguration)
        -> [String]
    {
        guard configuration.etcdEndpoints.isEmpty else { return configuration.etcdEndpoints }
        return ([host] + site.voters.filter { $0 != host }).map {
            "https://\(configuration.address(of: $0)):\(configuration.ports.etcdClient)"
        }
    }

    /// A client of the site's members with this host's certificate; it connects to nothing yet.
    static func client(
        host: HostName, site: SiteEntry, in configuration: ClusterConfiguration
    ) throws(EtcdError) -> EtcdClient {
        let paths = HostPaths(host: host, in: configuration)
        return try EtcdClient(
            EtcdTarget(
                endpoints: endpoints(host: host, site: site, in: configuration),
                tls: EtcdTarget.TLS(
                    authority: paths.etcdAuthority, certificate: paths.etcdCertificate, key: paths.etcdKey)),
            on: WorkLoop.shared.group)
    }

    /// Keeps the member running until cancelled, then stops it.
    package func run() async {
        var pid = adopted()
        if let pid { log.notice("etcd runs already", metadata: ["pid": "\(pid)"]) }
        life.runs(pid)
        while !Task.isCancelled {
            if let running = pid, !Self.isRunning(running) {
                log.error("etcd has ended", metadata: ["pid": "\(running)", "log": "\(logFile)"])
                pid = nil
                life.ended(log: logFile)
                // One that ends again and again, such as for want of room, would only disturb the others.
                try? await Task.sleep(for: .seconds(life.recentEnds > 2 ? 5 : 1))
                continue
            }
            if pid == nil {
                pid = await started()
                if let pid { log.notice("etcd started", metadata: ["pid": "\(pid)"]) }
                life.runs(pid)
                // A member that ends at once is not started faster than this.
                try? await Task.sleep(for: .milliseconds(500))
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
        guard let pid else { return }
        await Task.detached { await stop(pid) }.value
    }

    private var logFile: String { paths.logDirectory + "/etcd.log" }

    /// Starts the member as it is, as one that joins, or alone.
    private func started() async -> pid_t? {
        if access(paths.etcdAlone, F_OK) == 0 {
            log.warning("etcd is started without all other members: this host goes on alone")
            guard let pid = start(["--force-new-cluster"]) else { return nil }
            // Once only: members that are added later must not be forgotten.
            unlink(paths.etcdAlone)
            standsAlone()
            return pid
        }
        switch await membership.place() {
        case .asItIs: return start()
        case .joins(let members): return start(Self.joining(members))
        case .left(let endpoint):
            do throws(EtcdError) {
                setAside()
                let members = try await membership.join(at: endpoint)
                log.warning(
                    "the site has gone on without this host's etcd member: it joins anew, without its old data",
                    metadata: ["members": "\(members)"])
                return start(Self.joining(members))
            } catch {
                log.warning(
                    "the members that went on do not take this one yet", metadata: ["why": "\(error)"])
                return nil
            }
        }
    }

    private static func joining(_ members: String) -> [String] {
        ["--initial-cluster", members, "--initial-cluster-state", "existing"]
    }

    /// Data of a site that is no more: kept, and out of the way.
    private func setAside() {
        guard access(paths.etcdData, F_OK) == 0 else { return }
        let place = "\(paths.etcdData).left-\(time(nil))"
        if rename(paths.etcdData, place) != 0 {
            log.error(
                "the old data of etcd cannot be moved away",
                metadata: ["path": "\(paths.etcdData)", "why": "\(String(cString: strerror(errno)))"])
        }
    }

    /// Milliseconds: a new leader must be there well before a host's lease ends for want of one.
    private var election: Int { min(1000, max(500, configuration.leaseSeconds * 1000 / 6)) }

    private var arguments: [String] {
        let address = configuration.address(of: host)
        let listen = Self.isAddress(address) ? address : "0.0.0.0"
        let ports = configuration.ports
        let cluster = site.voters.map { "\($0)=https://\(configuration.address(of: $0)):\(ports.etcdPeer)" }
        return [
            "etcd", "--name", host.description, "--data-dir", paths.etcdData,
            "--listen-client-urls", "https://\(listen):\(ports.etcdClient)",
            "--advertise-client-urls", "https://\(address):\(ports.etcdClient)",
            "--listen-peer-urls", "https://\(listen):\(ports.etcdPeer)",
            "--initial-advertise-peer-urls", "https://\(address):\(ports.etcdPeer)",
            "--initial-cluster", cluster.joined(separator: ","), "--initial-cluster-state", "new",
            "--initial-cluster-token", "cctrl-\(site.name)",
            "--client-cert-auth", "--trusted-ca-file", paths.etcdAuthority, "--cert-file",
            paths.etcdCertificate,
            "--key-file", paths.etcdKey,
            // The authority says who is a member; the address that a connection comes from may be any of the host's.
            "--peer-client-cert-auth", "--experimental-peer-skip-client-san-verification",
            "--peer-trusted-ca-file", paths.etcdAuthority, "--peer-cert-file", paths.etcdCertificate,
            "--peer-key-file", paths.etcdKey,
            // A member that was cut off must not make the others elect anew when it is back.
            "--pre-vote",
            "--heartbeat-interval", "\(election / 5)", "--election-timeout", "\(election)",
            // Reports are written all the time; only the newest revision is of use.
            "--auto-compaction-mode", "periodic", "--auto-compaction-retention", "30m",
            "--logger", "zap", "--log-outputs", "stderr",
        ]
    }

    /// The member that an earlier manager of this host left running.
    private func adopted() -> pid_t? {
        guard let text = Self.read(paths.etcdPID), let pid = pid_t(text.prefix { $0.isNumber }),
            Self.isRunning(pid), let command = Self.read("/proc/\(pid)/cmdline"),
            command.contains(paths.etcdData)
        else { return nil }
        return pid
    }

    /// - Parameter more: options that come after, and so before, the others of the same name.
    private func start(_ more: [String] = []) -> pid_t? {
        for directory in [paths.base, paths.runDirectory, paths.logDirectory] { mkdir(directory, 0o700) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, logFile, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Sockets of the manager must not live on in etcd: a new manager could not listen.
        cprocess_close_from(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads of the runtime block all signals: the child must not inherit that.
        cprocess_detach(&attributes)

        var words = (arguments + more).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        // Etcd takes ETCD_* variables for options: it gets none but the path, and how many processors it may use at once.
        var environment = [strdup("PATH=" + (getenv("PATH").map { String(cString: $0) } ?? "/usr/bin"))]
        if let processors = getenv("GOMAXPROCS") {
            environment.append(strdup("GOMAXPROCS=" + String(cString: processors)))
        }
        environment.append(nil)
        defer { environment.forEach { free($0) } }
        var pid: pid_t = 0
        let result = posix_spawnp(&pid, "etcd", &actions, &attributes, &words, &environment)
        guard result == 0 else {
            log.error(
                "etcd cannot be started: install the package etcd-server",
                metadata: ["why": "\(String(cString: strerror(result)))"])
            return nil
        }
        // It has the manager's own, but its session is new.
        SessionPriority.follow(pid)
        if !Self.write("\(pid)\n", to: paths.etcdPID) {
            log.warning("the pid file of etcd cannot be written", metadata: ["path": "\(paths.etcdPID)"])
        }
        return pid
    }

    private func stop(_ pid: pid_t) async {
        kill(pid, SIGTERM)
        // A leader waits for a follower to take over, in vain where all stop; everything acknowledged is on its disk.
        let deadline = ContinuousClock.now + .seconds(3)
        while Self.isRunning(pid) {
            if ContinuousClock.now > deadline { kill(pid, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(20))
        }
        unlink(paths.etcdPID)
        log.notice("etcd stopped", metadata: ["pid": "\(pid)"])
    }

    /// Ends the member that runs on a host, if there is one; its manager starts it again.
    static func end(_ paths: HostPaths) async {
        guard let text = read(paths.etcdPID), let pid = pid_t(text.prefix { $0.isNumber }),
            read("/proc/\(pid)/cmdline")?.contains(paths.etcdData) == true
        else { return }
        kill(pid, SIGTERM)
        let deadline = ContinuousClock.now + .seconds(3)
        while isRunning(pid), ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(50))
        }
        if isRunning(pid) { kill(pid, SIGKILL) }
    }

    // MARK: system calls
    /// Reaps the process where it is this manager's child and has ended.
    private static func isRunning(_ pid: pid_t) -> Bool {
        var status: Int32 = 0
        if waitpid(pid, &status, WNOHANG) == pid { return false }
        guard kill(pid, 0) == 0 else { return false }
        // A dead process that another parent has not reaped yet is not running.
        guard let text = read("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return false }
        return !text[end...].dropFirst(2).hasPrefix("Z")
    }

    private static func isAddress(_ text: String) -> Bool {
        var buffer = in6_addr()
        return inet_pton(AF_INET, text, &buffer) == 1 || inet_pton(AF_INET6, text, &buffer) == 1
    }

    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }

    private static func write(_ text: String, to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        return Glibc.write(descriptor, bytes, bytes.count) == bytes.count
    }
}
