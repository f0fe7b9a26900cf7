import ClusterModel
import MariaDBClient

/// Every SQL text that is ever sent to a server; to ask "what do we say to the database" is to read this file.
enum Statements {
    /// No statement of a manager waits for ever for a lock, whatever becomes of the manager.
    static let patience = "SET SESSION lock_wait_timeout = 10"

    // MARK: looking

    static let facts = """
        SELECT @@global.read_only AS read_only, @@global.gtid_binlog_pos AS logged, \
        @@global.gtid_binlog_state AS history, \
        @@global.gtid_current_pos AS executed, @@version AS version, \
        @@global.rpl_semi_sync_master_enabled AS semi_sync, \
        @@global.rpl_semi_sync_master_timeout AS patience, @@global.pid_file AS pid_file, @@datadir AS datadir, \
        @@log_bin_basename AS log_file
        """
    static let logged = "SELECT @@global.gtid_binlog_pos AS logged"
    static let links = "SHOW ALL SLAVES STATUS"
    static let semiSync = """
        SHOW GLOBAL STATUS WHERE Variable_name IN \
        ('Rpl_semi_sync_master_clients', 'Rpl_semi_sync_master_tx_avg_wait_time', 'Rpl_semi_sync_master_no_tx', \
        'Rpl_semi_sync_master_wait_sessions')
        """
    static let positions = "SELECT @@global.gtid_binlog_pos AS logged, @@global.gtid_slave_pos AS applied"
    static let applied = "SELECT @@global.gtid_slave_pos AS applied"
    /// Who waits for the freeze itself is no obstacle to it, nor is the manager's own canary.
    static let blockers = """
        SELECT p.id, p.user, p.host, COALESCE(p.db, '') AS db, p.command, ROUND(p.time_ms / 1000, 1) AS seconds, \
        LEFT(COALESCE(p.info, ''), 80) AS statement, x.trx_started AS started \
        FROM information_schema.processlist p \
        LEFT JOIN information_schema.innodb_trx x ON x.trx_mysql_thread_id = p.id \
        WHERE p.id <> CONNECTION_ID() AND p.user NOT IN ('system user', 'event_scheduler') \
        AND p.command NOT LIKE 'Binlog Dump%' AND (x.trx_started IS NOT NULL OR p.command = 'Query') \
        AND COALESCE(p.state, '') <> 'Waiting for backup lock' \
        AND COALESCE(p.info, '') NOT LIKE 'INSERT INTO cctrl_canary.%' \
        ORDER BY p.command = 'Query' DESC, COALESCE(x.trx_started, NOW()), p.time_ms DESC LIMIT 20
        """
    /// Each state of replication's threads once, the longest first; who waits for another of them comes last, and who has
    /// nothing to do is left out.
    static let appliers = """
        SELECT CONCAT(state, IF(COALESCE(info, '') = '', '', CONCAT(': ', LEFT(info, 80))), ' (', MAX(time), ' s)') AS doing \
        FROM information_schema.processlist WHERE user = 'system user' AND COALESCE(state, '') <> '' \
        AND state NOT LIKE 'Waiting for work%' AND state NOT LIKE 'Waiting for master%' \
        AND state NOT LIKE 'InnoDB%' AND state NOT LIKE 'Slave has read all%' GROUP BY state, info \
        ORDER BY state LIKE 'Waiting for prior transaction%', MAX(time) DESC LIMIT 8
        """
    /// What a switch would break or wait for.
    ///
    /// That is: transactions that hold locks or have changed something, and statements that change something outside
    /// of one. Reading disturbs nobody. InnoDB renews its list at most every 100 ms.
    static func openTransactions(except user: String) -> String {
        "SELECT p.id, p.user, p.host, p.command, ROUND(p.time_ms / 1000, 1) AS seconds, "
            + "LEFT(COALESCE(p.info, ''), 120) AS statement, x.trx_id AS trx, x.trx_started AS started, "
            + "TIMESTAMPDIFF(SECOND, x.trx_started, NOW()) AS age, p.query_id AS number "
            + "FROM information_schema.processlist p LEFT JOIN information_schema.innodb_trx x "
            + "ON x.trx_mysql_thread_id = p.id AND (x.trx_lock_structs > 0 OR x.trx_rows_modified > 0) "
            + "WHERE p.id <> CONNECTION_ID() AND p.user NOT IN ('system user', 'event_scheduler', "
            + "\(SQLText.quoted(user))) AND p.command NOT LIKE 'Binlog Dump%' "
            + "AND COALESCE(p.info, '') NOT LIKE 'INSERT INTO cctrl_canary.%' AND (x.trx_id IS NOT NULL OR "
            + "p.command = 'Query' AND p.info REGEXP '^[[:space:]]*(INSERT|UPDATE|DELETE|REPLACE|LOAD|ALTER|"
            + "CREATE|DROP|RENAME|TRUNCATE|OPTIMIZE|REPAIR)[[:space:]]') "
            + "ORDER BY COALESCE(x.trx_started, NOW()), p.time_ms DESC LIMIT 100"
    }
    /// Sessions that do nothing: one of them may hold tables by LOCK TABLES, which no statement shows.
    static func idleSessions(except user: String) -> String {
        "SELECT id, user, host FROM information_schema.processlist WHERE command = 'Sleep' AND user <> "
            + "\(SQLText.quoted(user)) ORDER BY time_ms DESC LIMIT 5"
    }

    /// Clients' sessions, oldest first; a row of the process list has no start, so the id tells the age.
    static func sessions(except user: String) -> String {
        "SELECT id, user, host, COALESCE(db, '') AS db, command, ROUND(time_ms / 1000, 1) AS seconds, "
            + "LEFT(COALESCE(info, ''), 120) AS statement FROM information_schema.processlist "
            + "WHERE id <> CONNECTION_ID() AND user NOT IN ('system user', 'event_scheduler', "
            + "\(SQLText.quoted(user))) AND command NOT LIKE 'Binlog Dump%' ORDER BY id LIMIT 2000"
    }
    static let dataDirectory = "SELECT @@datadir AS datadir"
    static let place = "SELECT @@datadir AS datadir, @@log_bin_index AS log"
    static let logBase = "SELECT @@log_bin_basename AS base"
    static let history = "SELECT @@global.gtid_binlog_state AS history"
    static let strict = "SET GLOBAL gtid_strict_mode = ON"
    static let beginLogAnew = "RESET MASTER"
    static func past(_ history: String) -> String {
        "SET GLOBAL gtid_binlog_state = \(SQLText.quoted(history))"
    }
    static let receiptCounts = """
        SHOW GLOBAL STATUS WHERE Variable_name IN ('Rpl_semi_sync_master_yes_tx', 'Rpl_semi_sync_master_no_tx', \
        'Rpl_semi_sync_master_status', 'Uptime_since_flush_status')
        """
    static func executed(_ position: String) -> String {
        "SET GLOBAL gtid_slave_pos = \(SQLText.quoted(position))"
    }

    /// Reads the certificate files anew; not for the binary log, or a replica would have a transaction of its own.
    static let renewTLS = "FLUSH LOCAL SSL"

    // MARK: role

    static func readOnly(_ on: Bool) -> String { "SET GLOBAL read_only = \(on ? 1 : 0)" }
    /// Values are set in this order, so nothing is written before commits wait.
    ///
    /// The patience is also what tells later
    /// that the server was opened and not started since.
    static func open(waits: Bool) -> String {
        semiSync(true) + (waits ? "" : ", GLOBAL rpl_semi_sync_master_enabled = 0") + ", GLOBAL read_only = 0"
    }
    static func semiSync(_ on: Bool) -> String {
        let wait = "GLOBAL rpl_semi_sync_master_timeout = \(receiptPatience), "
        return "SET \(on ? wait : "")GLOBAL rpl_semi_sync_master_enabled = \(on ? 1 : 0)"
    }
    /// Milliseconds for which a commit waits for a receipt.
    ///
    /// Practically without end, so that nothing is acknowledged that exists only once. A start sets the configured
    /// value again, and so this one tells that there was none.
    static let receiptPatience = 1_000_000_007
    /// A connection that sends receipts takes leave of its source when it is stopped: a silent one is not waited for
    /// longer than need be, in seconds.
    static func receipts(_ on: Bool) -> String {
        "SET GLOBAL rpl_semi_sync_slave_kill_conn_timeout = 1, "
            + "GLOBAL rpl_semi_sync_slave_enabled = \(on ? 1 : 0)"
    }

    /// Waits for running statements at most so long: the server itself ends the attempt.
    static func freeze(seconds: Double) -> String {
        "SET STATEMENT max_statement_time = \(seconds) FOR FLUSH TABLES WITH READ LOCK"
    }
    /// Closes tables that nobody uses; waits for nobody (10.11.19: neither for a long SELECT nor for a transaction), and
    /// is not logged.
    static let closeTables = "SET STATEMENT max_statement_time = 0.5 FOR FLUSH LOCAL TABLES"
    static let logPlace = "SHOW MASTER STATUS"
    /// Nothing of it is logged, or a replica would have a transaction of its own.
    static let beginLogFile = "SET STATEMENT max_statement_time = 2 FOR FLUSH LOCAL BINARY LOGS"
    static let thaw = "UNLOCK TABLES"
    /// The server ends a session that holds the lock and is silent for so long, whatever became of the manager.
    static func idleLimit(seconds: Int) -> String { "SET SESSION wait_timeout = \(max(1, seconds))" }

    /// Who waits for a freeze to end; every kind of write does so in this state.
    static func waiting(except users: [String]) -> String {
        clients(except: users) + " AND state IN ('Waiting for backup lock', 'Waiting for global read lock')"
    }

    static func clients(except users: [String]) -> String {
        "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user NOT IN ("
            + (users + ["system user", "event_scheduler", "unauthenticated user"]).map(SQLText.quoted).joined(
                separator: ", ")
            + ") AND command NOT LIKE 'Binlog Dump%'"
    }
    /// Without those that may be committing: such a statement is short, or waits for a receipt or for room on a disk.
    ///
    /// The manager may not have seen yet that the disk is full, and a session cut there leaves half a transaction.
    static func idleClients(except users: [String]) -> String {
        clients(except: users)
            + " AND (command <> 'Query' OR time_ms > 1000 AND state NOT LIKE '%semi-sync%'"
            + " AND state NOT LIKE 'Waiting for someone to free%')"
    }
    static func end(session: Int) -> String { "KILL CONNECTION \(session)" }

    // MARK: links

    static func continueAfter(_ position: GTIDPosition) -> String {
        "SET GLOBAL gtid_slave_pos = \(SQLText.quoted(position.description))"
    }
    static func changeSource(_ link: String, _ source: LinkSource) -> String {
        let parts = [
            "MASTER_HOST = \(SQLText.quoted(source.address))", "MASTER_PORT = \(source.port)",
            "MASTER_USER = \(SQLText.quoted(source.user))",
            "MASTER_PASSWORD = \(SQLText.quoted(source.password))",
            "MASTER_SSL = 1", "MASTER_SSL_CA = \(SQLText.quoted(source.authority))",
            "MASTER_SSL_CERT = \(SQLText.quoted(source.certificate))",
            "MASTER_SSL_KEY = \(SQLText.quoted(source.key))",
            "MASTER_SSL_VERIFY_SERVER_CERT = 1", "MASTER_CONNECT_RETRY = 1", "MASTER_HEARTBEAT_PERIOD = 0.3",
            "MASTER_USE_GTID = slave_pos",
        ]
        return "CHANGE MASTER \(SQLText.quoted(link)) TO " + parts.joined(separator: ", ")
    }
    static func start(_ link: String) -> String { "START SLAVE \(SQLText.quoted(link))" }
    static func stop(_ link: String) -> String { "STOP SLAVE \(SQLText.quoted(link))" }
    static func stopReceiving(_ link: String) -> String { "STOP SLAVE \(SQLText.quoted(link)) IO_THREAD" }
    static func forget(_ link: String) -> String { "RESET SLAVE \(SQLText.quoted(link)) ALL" }

    // MARK: events

    static let unlogged = "SET SESSION sql_log_bin = 0"
    /// One row at least: the server's own state.
    static let events = """
        SELECT @@global.read_only AS read_only, @@global.event_scheduler AS scheduler, e.event_schema AS db, \
        e.event_name AS name, e.status AS status, e.originator AS originator FROM (SELECT 1) AS one \
        LEFT JOIN information_schema.events e ON e.status <> 'DISABLED'
        """
    static func event(_ name: EventName) -> String {
        "SELECT definer, character_set_client AS client, collation_connection AS collation "
            + "FROM information_schema.events WHERE event_schema = \(SQLText.quoted(name.schema)) "
            + "AND event_name = \(SQLText.quoted(name.name))"
    }
    /// An altered event takes both from the session that alters it.
    static func speakAs(client: String, collation: String) -> String {
        "SET SESSION character_set_client = \(SQLText.quoted(client)), "
            + "SESSION collation_connection = \(SQLText.quoted(collation))"
    }
    static let speakAsEver = "SET NAMES utf8mb4"
    /// - Parameter definer: as the server tells it; without it the altering account would take its place.
    static func set(_ change: EventChange, definer: String) -> String {
        let at = definer.lastIndex(of: "@") ?? definer.endIndex
        let host = definer[at...].dropFirst()
        let name = "\(SQLText.identifier(change.event.schema)).\(SQLText.identifier(change.event.name))"
        return "ALTER DEFINER = \(SQLText.identifier(String(definer[..<at])))@"
            + "\(SQLText.identifier(String(host))) EVENT \(name) "
            + (change.runs ? "ENABLE" : "DISABLE ON SLAVE")
    }

    // MARK: heartbeat

    static let hasHeartbeat = """
        SELECT COUNT(*) AS number FROM information_schema.tables \
        WHERE table_schema = 'cctrl' AND table_name = 'heartbeat'
        """
    static let createSchema = "CREATE DATABASE IF NOT EXISTS cctrl"
    /// A row a site: two sites never write the same one.
    static let createHeartbeat = """
        CREATE TABLE IF NOT EXISTS cctrl.heartbeat (site VARCHAR(64) NOT NULL PRIMARY KEY, \
        host VARCHAR(64) NOT NULL, beat BIGINT UNSIGNED NOT NULL, at TIMESTAMP(6) NOT NULL) ENGINE=InnoDB
        """
    static func heartbeat(site: SiteName, host: HostName) -> String {
        "INSERT INTO cctrl.heartbeat (site, host, beat, at) VALUES (\(SQLText.quoted(site.description)), "
            + "\(SQLText.quoted(host.description)), 1, NOW(6)) "
            + "ON DUPLICATE KEY UPDATE host = VALUES(host), beat = beat + 1, at = VALUES(at)"
    }
    static func nextSequence(_ sequence: UInt64) -> String { "SET SESSION gtid_seq_no = \(sequence)" }

    // MARK: canary

    static let createCanarySchema = "CREATE DATABASE IF NOT EXISTS cctrl_canary"
    /// A row a site: two sites never write the same one.
    static let createCanary = """
        CREATE TABLE IF NOT EXISTS cctrl_canary.beat (site VARCHAR(64) NOT NULL PRIMARY KEY, \
        beat BIGINT UNSIGNED NOT NULL) ENGINE=InnoDB
        """
    static func canary(_ site: SiteName) -> String {
        "INSERT INTO cctrl_canary.beat (site, beat) VALUES (\(SQLText.quoted(site.description)), 1) "
            + "ON DUPLICATE KEY UPDATE beat = beat + 1"
    }
}

/// Where a replication connection reads from, and as whom.
struct LinkSource: Sendable {
    var address: String
    var port: Int
    var user: String
    var password: String
    var authority: String
    var certificate: String
    var key: String
}
