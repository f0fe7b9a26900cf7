import ClusterModel
import Glibc
import SiteConfiguration

/// The `my.cnf` of one host.
///
/// Every start is the start of a replica (read-only, no replication thread runs): the manager alone decides who is
/// primary. Settings that keep acknowledged writes: semi-synchronous replication, `AFTER_SYNC`, strict GTID mode,
/// a durable binary log.
struct ServerConfiguration {
    var host: HostName
    var site: SiteEntry
    var configuration: ClusterConfiguration

    /// Room for sites that come later: values of `auto_increment` never meet.
    private var increment: Int { max(4, configuration.sites.count) }

    private var offset: Int { (configuration.sites.firstIndex { $0.name == site.name } ?? 0) + 1 }

    var text: String {
        let paths = HostPaths(host: host, in: configuration)
        let routers = site.routers.map { configuration.address(of: $0) }.joined(separator: ",")
        return """
            [mariadbd]
            \(geteuid() == 0 ? "user=root\n" : "")datadir=\(paths.serverData)
            socket=\(paths.serverSocket)
            pid-file=\(paths.serverPID)
            # Of its own: a starting server removes the temporary tables of all servers that share the directory.
            tmpdir=\(paths.runDirectory)
            log-error=\(paths.logDirectory)/mysql.log
            bind-address=\(configuration.address(of: host))
            port=\(configuration.ports.server)
            # The manager's way in when all connections are used up.
            extra-port=\(configuration.ports.serverExtra)
            extra-max-connections=5
            max-connections=300
            skip-name-resolve=ON
            report-host=\(host)
            proxy-protocol-networks=\(routers)

            server-id=\(site.serverID(of: host) ?? 0)
            gtid-domain-id=\(site.domain)
            gtid-strict-mode=ON
            # The other site's writes arrive over the primary's link, and may arrive twice while it moves.
            gtid-ignore-duplicates=ON
            # The same on every server: which events run where is the managers' business.
            event-scheduler=ON
            auto-increment-increment=\(increment)
            auto-increment-offset=\(offset)

            log-bin=\(host)-bin
            log-bin-index=\(host)-bin
            relay-log=\(host)-relay
            log-slave-updates=ON
            binlog-format=ROW
            binlog-row-image=FULL
            expire-logs-days=2
            # A replica that connects by GTID has its source read the file that it is in from the beginning: after a
            # failover the first commits wait for that.
            max-binlog-size=4M
            sync-binlog=1
            innodb-flush-log-at-trx-commit=1

            read-only=ON
            skip-slave-start=ON
            init-rpl-role=SLAVE
            slave-parallel-threads=4
            slave-parallel-mode=optimistic
            slave-net-timeout=1
            rpl-semi-sync-slave-enabled=ON
            rpl-semi-sync-master-enabled=OFF
            rpl-semi-sync-master-wait-point=AFTER_SYNC
            # A manager sets a far longer one when it opens the server; the difference tells it of a restart.
            rpl-semi-sync-master-timeout=10000
            rpl-semi-sync-master-wait-no-slave=ON

            ssl-ca=\(paths.authority)
            ssl-cert=\(paths.certificate)
            ssl-key=\(paths.key)
            tls-version=TLSv1.2,TLSv1.3

            innodb-buffer-pool-size=64M
            innodb-log-file-size=48M
            innodb-log-buffer-size=8M
            key-buffer-size=1M
            aria-pagecache-buffer-size=4M
            table-open-cache=200
            performance-schema=OFF

            """
    }
}

/// The accounts that every server of the sandbox has from its first start on.
///
/// They are made while the data directory is, so that no binary log holds them and all servers begin with an empty
/// position.
enum ServerAccounts {
    /// One statement a line: the server reads it while it sets itself up.
    static func statements(for configuration: ClusterConfiguration) -> String {
        let manager = "\(quoted(configuration.replicationUser))@'%'"
        let application = "\(quoted(configuration.applicationUser))@'%'"
        return """
            FLUSH PRIVILEGES;
            DELETE FROM mysql.global_priv WHERE User='';
            FLUSH PRIVILEGES;
            CREATE DATABASE cctrl;
            CREATE DATABASE app;
            CREATE USER \(manager) IDENTIFIED BY \(quoted(configuration.replicationPassword)) REQUIRE SSL;
            GRANT \(managerPrivileges.joined(separator: ", ")) ON *.* TO \(manager);
            GRANT ALL ON cctrl.* TO \(manager);
            CREATE USER \(application) IDENTIFIED BY \(quoted(configuration.applicationPassword));
            GRANT ALL ON app.* TO \(application);
            GRANT ALL ON cctrl_canary.* TO \(application);

            """
    }

    /// What managers and replication connections need, each for a statement of theirs; SUPER is not among them.
    private static let managerPrivileges = [
        "RELOAD", "PROCESS", "BINLOG MONITOR", "BINLOG ADMIN", "BINLOG REPLAY", "REPLICA MONITOR",
        "REPLICATION SLAVE", "REPLICATION SLAVE ADMIN", "REPLICATION MASTER ADMIN", "READ_ONLY ADMIN",
        "CONNECTION ADMIN", "EVENT", "SET USER",
    ]

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
    }
}
