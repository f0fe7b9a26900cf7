import Glibc

/// The programs that a sandbox needs, each where it was found.
struct Programs {
    var server: String
    var serverInstaller: String
    var router: String
    var manager: String
    /// Where this project's own are.
    var own: String
    var shell: String
    /// The database's own client, for comparison.
    var client: String

    /// `binaries` is where this project's own programs are.
    init(binaries: String, managers: Bool) throws {
        var missing: [(program: String, package: String)] = []
        func find(_ name: String, _ package: String) -> String {
            if let path = Self.locate(name) { return path }
            missing.append((name, package))
            return name
        }
        server = find("mariadbd", "mariadb-server")
        serverInstaller = find("mariadb-install-db", "mariadb-server")
        router = find("haproxy", "haproxy")
        client = find("mariadb", "mariadb-client")
        if managers { _ = find("etcd", "etcd-server") }
        own = binaries
        manager = binaries + "/cctrl-manager"
        shell = binaries + "/cctrl"
        if !missing.isEmpty {
            let packages = Set(missing.map(\.package)).sorted().joined(separator: " ")
            throw SandboxError(
                "not installed: \(missing.map(\.program).joined(separator: ", "))",
                hint: "apt-get install \(packages)")
        }
        guard managers else { return }
        for path in [manager, shell] where !Files.isExecutable(path) {
            throw SandboxError("'\(path)' is missing", hint: "build the project: make build")
        }
    }

    /// Also looks where Debian keeps daemons, which an ordinary user's PATH leaves out.
    static func locate(_ name: String) -> String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let directories =
            path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin", "/usr/bin"]
        return directories.map { "\($0)/\(name)" }.first { Files.isExecutable($0) }
    }
}
