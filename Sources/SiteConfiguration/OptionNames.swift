/// The options that this software reads, and the classic ones that it lets pass.
enum OptionNames {
    /// Read in `[defaults]`.
    static let defaults = [
        "replication-user", "replication-password", "replication-port", "replication-extra-port",
        "application-user", "application-password", "application-port", "application-readonly-port",
        "manager-port", "etcd-client-port", "etcd-peer-port", "etcd-endpoints", "host-addresses",
        "install-directory", "security-directory", "backup-directory", "policy-mode", "switch-gap-limit",
        "flapping-limit",
        "service-command-mysql", "service-command-router", "lease-seconds",
    ]

    /// Read in the section of a site.
    static let site = ["topology", "master", "members", "connectors", "witnesses", "gtid-domain-id"]

    /// Read in a section with `topology=cluster-slave`.
    static let link = ["topology", "master-dataservice", "slave-dataservice"]

    /// Other spellings, with the name used here.
    static let aliases = [
        "mgr-policy-mode": "policy-mode", "mgr-rmi-port": "manager-port", "dataservice-master-host": "master",
        "dataservice-hosts": "members", "dataservice-connectors": "connectors",
        "dataservice-witnesses": "witnesses",
        "datasource-user": "replication-user",
        "datasource-password": "replication-password", "datasource-port": "replication-port",
        "connector-listen-port": "application-port",
        "connector-readonly-listen-port": "application-readonly-port",
    ]

    /// Whether `name` belongs to the classic product and has no meaning here.
    static func isClassic(_ name: String) -> Bool {
        classic.contains(name) || classicPrefixes.contains { name.hasPrefix($0) }
    }

    /// The name of `candidates` that a misspelled `name` most likely means.
    static func nearest(to name: String, in candidates: [String]) -> String? {
        let limit = max(2, name.utf8.count / 5)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let distance = editDistance(Array(name.utf8), Array(candidate.utf8))
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    private static let classic: Set<String> = [
        "user", "home-directory", "profile-script", "executable-prefix", "property", "start",
        "start-and-report",
        "skip-validation-check", "enable-validation-check", "skip-validation-warnings", "thl-port", "thl-ssl",
        "thl-directory", "thl-log-retention", "thl-interfaces", "rmi-port", "rmi-ssl", "rmi-authentication",
        "jgroups-ssl", "datasource-enable-ssl", "datasource-mysql-conf", "datasource-log-directory",
        "rest-api",
        "disable-security-controls", "disable-relay-logs", "use-relative-latency", "show-relative-latency",
        "dataservice-use-relative-latency", "enable-active-witnesses",
        "active-witnesses", "auto-enable", "channels", "log-slave-updates", "backup-method",
        "backup-retention", "root-command-prefix", "enable-sudo-access", "hosts", "slaves", "topology-role",
        "composite-datasources", "ping-method", "mysql-connectorj-path", "temp-directory", "host-name",
        "application-readonly-user",
    ]

    private static let classicPrefixes = [
        "rest-api-", "connector-", "manager-", "replicator-", "mgr-", "repl-", "svc-", "java-",
        "auto-recovery-",
        "enable-", "dataservice-", "direct-", "cluster-slave-", "policy-fence-", "tungsten-", "optimize-",
        "smartscale",
    ]

    /// Steps of one letter (insert, remove, replace) from `left` to `right`.
    private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in 0..<right.count {
                let step = min(
                    row[column] + 1, row[column + 1] + 1, diagonal + (byte == right[column] ? 0 : 1))
                diagonal = row[column + 1]
                row[column + 1] = step
            }
        }
        return row[right.count]
    }
}
