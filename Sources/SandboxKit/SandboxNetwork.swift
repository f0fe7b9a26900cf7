import ClusterModel
import Glibc
import SiteConfiguration

/// A network namespace for each host of a sandbox, and one in the middle that carries packets between them.
///
/// Each host has one link, to the middle; this machine has one too, so that tools reach every host even where hosts
/// do not reach each other. What is cut is a routing rule in the middle: packets vanish there, silently and in one
/// direction each. Nothing of it outlives the machine; the kernel holds all of its state.
package struct SandboxNetwork: Sendable {
    /// See `SandboxOptions.addressBase`; it also names the namespaces.
    let base: Int
    let sites: [SiteEntry]
    let addresses: [HostName: String]

    /// Nil where the sandbox uses loopback addresses.
    init?(_ directory: SandboxDirectory, _ configuration: ClusterConfiguration) {
        guard let text = Files.text(directory.network), let base = Int(text.filter(\.isNumber)) else {
            return nil
        }
        self.base = base
        sites = configuration.sites
        addresses = Dictionary(
            uniqueKeysWithValues: configuration.hosts.map {
                ($0, configuration.address(of: $0))
            })
    }

    var hosts: [HostName] { sites.flatMap(\.voters) }

    func address(_ host: HostName) -> String { addresses[host] ?? host.description }

    /// The first three numbers of a site's addresses; 198.18.0.0/15 is set aside for tests of networks (RFC 2544).
    static func prefix(_ number: Int) -> String { "198.18.\(number)" }

    var middle: String { "cctrl\(base)-net" }

    func namespace(of host: HostName) -> String { "cctrl\(base)-\(host)" }

    /// This machine's end of its link to the middle.
    private var ownLink: String { "cctrl\(base)" }
    private var ownAddress: String { "\(Self.prefix(base)).254" }

    /// Where every link's other end is, seen from a host: an address that only the link knows.
    private static let gateway = "169.254.1.1"

    static func file(_ namespace: String) -> String { "/run/netns/\(namespace)" }

    private var all: [String] { [middle] + hosts.map(namespace(of:)) }

    var exists: Bool { all.allSatisfy { Files.exists(Self.file($0)) } }

    /// The words that come before a program which is to run on that host.
    func entry(_ host: HostName) throws -> [String] { try entry(namespace: namespace(of: host)) }

    func entry(namespace: String) throws -> [String] {
        guard Files.exists(Self.file(namespace)) else {
            throw SandboxError("the sandbox's network is not up", hint: "cctrl-sandbox up")
        }
        return [try Self.locate("nsenter", "util-linux"), "--net=" + Self.file(namespace)]
    }

    // MARK: making and removing

    /// Whether this user may make namespaces on this machine: one is made, and removed again.
    package static var isPermitted: Bool {
        let name = "cctrl-probe-\(getpid())"
        do {
            guard try run(["netns", "add", name]).status == 0 else { return false }
            return try run(["netns", "del", name]).status == 0
        } catch {
            return false
        }
    }

    /// Makes all of it anew; where it throws, nothing is left.
    func make() throws {
        try remove()
        do {
            try makeMiddle()
            for (index, host) in hosts.enumerated() { try makeHost(host, link: "h\(index + 1)") }
            try makeOwnLink()
        } catch {
            try remove()
            throw error
        }
    }

    private func makeMiddle() throws {
        let made = try Self.run(["netns", "add", middle])
        guard made.status == 0 else {
            throw SandboxError(
                "this machine does not let cctrl-sandbox make network namespaces: "
                    + made.output.trimmingEnd,
                hint: "be root (in a container: with CAP_SYS_ADMIN and CAP_NET_ADMIN), or leave --netns out")
        }
        try ip(in: middle, "link set lo up")
        // Without a check of the way back: delayed packets come by another way than they go.
        let settings =
            "for f in all default; do echo 0 >/proc/sys/net/ipv4/conf/$f/rp_filter || exit 1; done; "
        let shell = try Spawn.run(
            "/bin/sh", ["-c", settings + "echo 1 >/proc/sys/net/ipv4/ip_forward"],
            entering: entry(namespace: middle), seconds: 10)
        guard shell.status == 0 else {
            throw SandboxError("packets cannot be forwarded between namespaces: \(shell.output.trimmingEnd)")
        }
    }

    private func makeHost(_ host: HostName, link: String) throws {
        let (name, address) = (namespace(of: host), address(host))
        try ip("netns add \(name)")
        try ip("link add \(link) netns \(middle) type veth peer name eth0 netns \(name)")
        try ip(in: middle, "addr add \(Self.gateway)/32 dev \(link)")
        try ip(in: middle, "link set \(link) up")
        try ip(in: middle, "route add \(address)/32 dev \(link)")
        try ip(in: name, "link set lo up")
        try ip(in: name, "addr add \(address)/32 dev eth0")
        try ip(in: name, "link set eth0 up")
        try ip(in: name, "route add default via \(Self.gateway) dev eth0 onlink src \(address)")
    }

    private func makeOwnLink() throws {
        try ip("link add \(ownLink) type veth peer name own netns \(middle)")
        try ip(in: middle, "addr add \(Self.gateway)/32 dev own")
        try ip(in: middle, "link set own up")
        try ip(in: middle, "route add \(ownAddress)/32 dev own")
        try ip("addr add \(ownAddress)/32 dev \(ownLink)")
        try ip("link set \(ownLink) up")
        for host in hosts {
            try ip(
                "route add \(address(host))/32 via \(Self.gateway) dev \(ownLink) onlink src \(ownAddress)")
        }
    }

    /// Removes what is there of it; links go with the namespaces that they end in.
    func remove() throws {
        for name in all.reversed() where Files.exists(Self.file(name)) { try ip("netns del \(name)") }
        guard Files.exists("/sys/class/net/\(ownLink)") else { return }
        // The kernel takes namespaces apart a little later.
        let gone = try Deadline(seconds: 1, isInterruptible: false).wait {
            !Files.exists("/sys/class/net/\(ownLink)")
        }
        if !gone { try ip("link del \(ownLink)") }
    }

    // MARK: iproute2

    func ip(_ words: String) throws { try ip(words.split(separator: " ").map(String.init)) }

    func ip(in namespace: String, _ words: String) throws { try ip("-n \(namespace) " + words) }

    /// Several commands by one process.
    func ip(in namespace: String, each commands: [String]) throws {
        guard !commands.isEmpty else { return }
        let ip = try Self.locate("ip", "iproute2")
        let result = try Spawn.run(
            "/bin/sh", ["-c", #"printf '%s\n' "$@" | "$0" -n "$NAMESPACE" -batch -"#, ip] + commands,
            environment: ["NAMESPACE": namespace], seconds: 20)
        guard result.status == 0 else {
            throw SandboxError("'ip -batch' failed: \(result.output.trimmingEnd)")
        }
    }

    private func ip(_ arguments: [String]) throws {
        let result = try Self.run(arguments)
        guard result.status == 0 else {
            throw SandboxError(
                "'ip \(arguments.joined(separator: " "))' failed: \(result.output.trimmingEnd)")
        }
    }

    /// What `ip` prints.
    func ask(in namespace: String, _ words: String) throws -> String {
        let arguments = ["-n", namespace] + words.split(separator: " ").map(String.init)
        let result = try Self.run(arguments)
        guard result.status == 0 else {
            throw SandboxError("the sandbox's network is not up", hint: "cctrl-sandbox up")
        }
        return result.output
    }

    private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        try Spawn.run(locate("ip", "iproute2"), arguments, seconds: 20)
    }

    private static func locate(_ program: String, _ package: String) throws -> String {
        for path in [Programs.locate(program), "/sbin/\(program)"] {
            if let path, Files.isExecutable(path) { return path }
        }
        throw SandboxError("not installed: \(program)", hint: "apt-get install \(package)")
    }
}

extension String {
    /// Without line ends and blanks at its end.
    var trimmingEnd: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
