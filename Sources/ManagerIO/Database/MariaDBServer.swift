import AdminProtocol
import ClusterModel
import Glibc
import Manager
import MariaDBClient
import SiteConfiguration
import Synchronization
import WorkLoop

/// A MariaDB server as the engine wants it.
///
/// Each kind of work has a session of its own: a statement that waits must not keep another from being seen.
package final class MariaDBServer: ServerControl {
    let host: HostName
    let site: SiteEntry
    let configuration: ClusterConfiguration
    private let paths: HostPaths
    let facts: MariaDBSession
    private let links: MariaDBSession
    let control: MariaDBSession
    private let waiting: MariaDBSession
    let freezing: MariaDBSession
    /// Where the server is asked when all its connections are taken.
    private let spare: MariaDBSession
    /// For what must not wait behind anything else: signs of life, and the fence.
    let pulse: MariaDBSession
    /// Where nothing is said: its end tells that the server has died.
    let vigil: MariaDBSession
    /// What is said here is not logged.
    let scheduling: MariaDBSession
    let fencing: MariaDBSession
    /// Where the server keeps its process number, as it said itself.
    let processFile = Mutex<String?>(nil)
    /// Where its data and its binary log are, as it said itself.
    let places = Mutex<(data: String?, log: String?)>((nil, nil))
    private let hosts: [String: HostName]
    let gate: PositionGate
    /// Where every session goes.
    let target: MariaDBTarget
    /// The number of the freeze that holds now; nil where none does.
    let frozen = Mutex<(number: Int, isOn: Bool)>((0, false))
    /// Which commits were told to clients without a receipt.
    let watch = Mutex(ReceiptWatch())

    /// Connects to nothing yet.
    /// - Parameters:
    ///   - client: the host whose certificate is shown to the server.
    ///   - gate: shared by all that talk to the same server.
    package init(
        _ host: HostName, asSeenFrom client: HostName, in configuration: ClusterConfiguration,
        _ site: SiteEntry, gate: PositionGate = PositionGate()
    ) throws(MariaDBError) {
        self.host = host
        self.gate = gate
        self.site = site
        self.configuration = configuration
        paths = HostPaths(host: client, in: configuration)
        var target = MariaDBTarget(
            endpoint: .tcp(host: configuration.address(of: host), port: configuration.ports.server),
            user: configuration.replicationUser, password: configuration.replicationPassword,
            tls: MariaDBTarget.TLS(
                authority: paths.authority, certificate: paths.certificate, key: paths.key),
            connectTimeout: 2, initialStatements: [Statements.patience])
        self.target = target
        facts = try MariaDBSession(target)
        links = try MariaDBSession(target)
        control = try MariaDBSession(target)
        waiting = try MariaDBSession(target)
        freezing = try MariaDBSession(target)
        pulse = try MariaDBSession(target)
        vigil = try MariaDBSession(target)
        var unlogged = target
        unlogged.initialStatements.append(Statements.unlogged)
        scheduling = try MariaDBSession(unlogged)
        fencing = try MariaDBSession(target)
        target.endpoint = .tcp(host: configuration.address(of: host), port: configuration.ports.serverExtra)
        spare = try MariaDBSession(target)
        var hosts: [String: HostName] = [:]
        for host in configuration.sites.flatMap(\.hosts) { hosts[configuration.address(of: host)] = host }
        self.hosts = hosts
    }

    // MARK: looking

    package func observe() async -> ServerReport {
        do throws(MariaDBError) {
            return try await gate.reading { () async throws(MariaDBError) in try await look(facts, links) }
        } catch  where error.isConnectionError && !error.isRefused && !error.isTimeout {
            // A connection that broke says that the server was restarted, or is gone: a new one tells which.
            return await observeAnew()
        } catch {
            return await judge(error)
        }
    }

    private func observeAnew() async -> ServerReport {
        do throws(MariaDBError) {
            return try await gate.reading { () async throws(MariaDBError) in try await look(facts, links) }
        } catch {
            return await judge(error)
        }
    }

    private func judge(_ error: MariaDBError) async -> ServerReport {
        if error.code == .tooManyConnections,
            let report = try? await gate.reading({ try await look(spare, spare) })
        {
            return report
        }
        // A connection that breaks in the greeting is a server that is starting or stopping.
        let state: ComponentState = error.isRefused ? .stopped : error.isTimeout ? .timeout : .unknown
        return ServerReport(state: state, problem: error.message)
    }

    private func look(_ facts: MariaDBSession, _ links: MariaDBSession) async throws(MariaDBError)
        -> ServerReport
    {
        async let linkRows = links.query(Statements.links, deadline: .seconds(2))
        var report = ServerReport(state: .online)
        guard let row = try await facts.query(Statements.facts, deadline: .seconds(2)).first else {
            throw MariaDBError(.cancelled, "the server answered without a row")
        }
        report.readOnly = row["read_only"] != "0"
        report.logged = GTIDPosition(row["logged"] ?? "") ?? GTIDPosition()
        report.history = GTIDHistory(row["history"] ?? "")
        report.executed = GTIDPosition(row["executed"] ?? "") ?? GTIDPosition()
        report.version = row["version"] ?? ""
        report.semiSync = row["semi_sync"] == "1"
        report.opened = row.integer("patience") == Statements.receiptPatience
        noteFiles(row)
        var without: Int?
        if report.semiSync {
            for row in try await facts.query(Statements.semiSync, deadline: .seconds(2)) {
                switch row[0] {
                case "Rpl_semi_sync_master_clients": report.semiSyncReplicas = row[1].flatMap { Int($0) } ?? 0
                case "Rpl_semi_sync_master_wait_sessions": report.awaited = row[1].flatMap { Int($0) }
                case "Rpl_semi_sync_master_no_tx": without = row[1].flatMap { Int($0) }
                default: report.latency = row[1].flatMap { Double($0) }.map { $0 / 1_000_000 }
                }
            }
        }
        // A closed server tells nobody anything.
        if without != nil || !report.readOnly {
            watch.withLock { $0.see(without: without, waits: report.semiSync, at: .now) }
        }
        do {
            report.links = try await linkRows.map(link)
        } catch let error as MariaDBError {
            throw error
        } catch {
            throw MariaDBError(.cancelled, "\(error)")
        }
        return report
    }

    private func link(_ row: MariaDBRow) -> LinkReport {
        let address = row["Master_Host"] ?? ""
        let receiving = row["Slave_IO_Running"] == "Yes"
        let errors = [row["Last_IO_Error"], row["Last_SQL_Error"]].compactMap { $0 }.filter { !$0.isEmpty }
        return LinkReport(
            name: row["Connection_name"] ?? "", sourceHost: hosts[address]?.description ?? address,
            receiving: receiving,
            connecting: ["Connecting", "Preparing"].contains(row["Slave_IO_Running"] ?? ""),
            applying: row["Slave_SQL_Running"] == "Yes", receiveError: row.integer("Last_IO_Errno") ?? 0,
            applyError: row.integer("Last_SQL_Errno") ?? 0, errorText: errors.joined(separator: "; "),
            // The certificate check makes TLS certain: without it the connection would not stand.
            tls: receiving && row["Master_SSL_Allowed"] == "Yes"
                && row["Master_SSL_Verify_Server_Cert"] == "Yes",
            received: GTIDPosition(row["Gtid_IO_Pos"] ?? "") ?? GTIDPosition(),
            secondsBehind: row.integer("Seconds_Behind_Master"), read: place(row))
    }

    private func place(_ row: MariaDBRow) -> LogPlace? {
        guard let file = row["Master_Log_File"], !file.isEmpty,
            let position = row["Read_Master_Log_Pos"].flatMap({ UInt64($0) })
        else { return nil }
        return LogPlace(file: file, position: position)
    }

    package func logged() async throws(Refusal) -> GTIDPosition {
        let session = frozen.withLock { $0.isOn } ? freezing : control
        let rows = try await query(Statements.logged, on: session)
        guard let text = rows.first?["logged"], let position = GTIDPosition(text) else {
            throw Refusal(.serverError, "the server of '\(host)' did not tell its position")
        }
        return position
    }

    /// Looks again and again: see `PositionGate` for why nothing may wait inside the server.
    package func awaitExecuted(_ position: GTIDPosition, limit: Duration) async throws(Refusal) -> Bool {
        let end = ContinuousClock.now + limit
        var pause = Duration.microseconds(500)
        while !position.isEmpty {
            let rows = try await gate.reading { () async throws(Refusal) in
                try await query(Statements.applied, on: waiting, deadline: .seconds(2))
            }
            if let applied = rows.first?["applied"].flatMap({ GTIDPosition($0) }), applied.covers(position) {
                break
            }
            guard ContinuousClock.now + pause < end else { return false }
            do {
                try await Task.sleep(for: pause, clock: .loop)
            } catch {
                throw Refusal(.failed, "the wait for \(position) was cancelled")
            }
            // Each pause is a tenth of what has passed: exact enough, and a long wait costs the server little.
            pause = min(pause * 1.1, .milliseconds(100))
        }
        return true
    }

    // MARK: role

    package func setReadOnly(_ readOnly: Bool) async throws(Refusal) {
        // Another session would have to wait for the lock that a freeze holds.
        let session = frozen.withLock { $0.isOn } ? freezing : control
        try await query(Statements.readOnly(readOnly), on: session, deadline: .seconds(10))
    }

    package func open(waits: Bool) async throws(Refusal) {
        let session = frozen.withLock { $0.isOn } ? freezing : control
        watch.withLock { $0.open() }
        try await query(Statements.open(waits: waits), on: session, deadline: .seconds(10))
    }

    package func renewTLS() async throws(Refusal) { try await query(Statements.renewTLS) }

    package func setSemiSync(_ enabled: Bool) async throws(Refusal) {
        try await query(Statements.semiSync(enabled))
    }

    package func setReceipts(_ enabled: Bool) async throws(Refusal) {
        try await query(Statements.receipts(enabled))
    }

    package func cutClients() async throws(Refusal) -> Int { try await cutClients(on: control) }

    /// Whose sessions are left.
    enum Spared { case none, committing }

    func cutClients(
        on session: MariaDBSession, _ limit: Duration = .seconds(2), but spared: Spared = .none
    ) async throws(Refusal) -> Int {
        let users = [configuration.replicationUser]
        let statement =
            spared == .none ? Statements.clients(except: users) : Statements.idleClients(except: users)
        let rows = try await query(statement, on: session, deadline: limit)
        var cut = 0
        for row in rows {
            guard let id = row.integer("id") else { continue }
            do throws(MariaDBError) {
                try await session.query(Statements.end(session: id))
                cut += 1
            } catch  where error.code == .noSuchThread {
                // It has ended by itself meanwhile.
                continue
            } catch {
                throw refusal(error)
            }
        }
        return cut
    }

    // MARK: links

    package func changeSource(
        link: String, to source: HostName, address: String, demote: Bool
    ) async throws(Refusal) {
        guard access(paths.exchangeNote, F_OK) != 0 else {
            throw Refusal(
                .wrongState,
                "the data of '\(host)' was being exchanged when its manager ended: it may not replicate yet",
                hint: "datasource \(host) recover")
        }
        let source = LinkSource(
            address: address, port: configuration.ports.server, user: configuration.replicationUser,
            password: configuration.replicationPassword, authority: paths.authority,
            certificate: paths.certificate,
            key: paths.key)
        if demote { try await continueFromOwnLog() }
        try await query(Statements.changeSource(link, source))
    }

    /// Makes replication go on where this server's own log ends.
    ///
    /// The log decides for the own domain, and not the position of replication: own transactions that came back by
    /// way of another site moved that on without being executed here, perhaps beyond what crash recovery left.
    /// `MASTER_DEMOTE_TO_SLAVE` would take the greater of the two, and skip the difference for ever.
    private func continueFromOwnLog() async throws(Refusal) {
        try await gate.setting { () async throws(Refusal) in
            guard let row = try await query(Statements.positions).first,
                let logged = row["logged"].flatMap({ GTIDPosition($0) }),
                let applied = row["applied"].flatMap({ GTIDPosition($0) })
            else { throw Refusal(.serverError, "the server of '\(host)' did not tell its position") }
            let position = GTIDPosition.resumption(logged: logged, applied: applied, domain: site.domain)
            // Even where nothing changes: with `gtid_ignore_duplicates` a connection whose appliers were stopped can
            // leave its domains taken, and those of the next one would wait for it for ever (seen with 10.11.19).
            try await query(Statements.continueAfter(position))
        }
    }

    package func startLink(_ link: String) async throws(Refusal) { try await query(Statements.start(link)) }

    package func stopLink(_ link: String) async throws(Refusal) {
        try await ifPresent(Statements.stop(link))
    }

    package func stopReceiving(_ link: String, limit: Duration) async throws(Refusal) {
        try await ifPresent(Statements.stopReceiving(link), limit)
    }

    package func removeLink(_ link: String) async throws(Refusal) {
        try await ifPresent(Statements.stop(link))
        try await ifPresent(Statements.forget(link))
    }

    package func abandonLink(_ link: String) async throws(Refusal) {
        try await removeLink(link)
        // Gives back the domains that its appliers may have left taken.
        try await continueFromOwnLog()
    }

    /// A connection that does not exist needs no stopping.
    private func ifPresent(_ statement: String, _ limit: Duration = .seconds(20)) async throws(Refusal) {
        do throws(MariaDBError) {
            _ = try await attempt(statement, on: control, limit)
        } catch  where error.code == .noSuchReplicationConnection || error.code == .noSlaveConfigured {
            return
        } catch {
            throw refusal(error)
        }
    }

    // MARK: heartbeat

    package func heartbeat() async throws(Refusal) {
        try await makeHeartbeatTable()
        try await query(Statements.heartbeat(site: site.name, host: host))
    }

    package func skipAhead(by distance: UInt64) async throws(Refusal) {
        try await makeHeartbeatTable()
        let sequence = try await logged().sequence(of: site.domain)
        do throws(MariaDBError) {
            // On one connection or not at all: the sequence number is the session's.
            try await control.query(Statements.nextSequence(sequence + distance))
            try await control.query(Statements.heartbeat(site: site.name, host: host))
        } catch {
            throw refusal(error)
        }
    }

    private func makeHeartbeatTable() async throws(Refusal) {
        guard try await query(Statements.hasHeartbeat).first?.integer("number") == 0 else { return }
        try await query(Statements.createSchema)
        try await query(Statements.createHeartbeat)
    }

    // MARK: common parts

    @discardableResult
    func query(
        _ sql: String, on session: MariaDBSession? = nil, deadline: Duration = .seconds(5)
    ) async throws(Refusal) -> [MariaDBRow] {
        do throws(MariaDBError) {
            return try await attempt(sql, on: session ?? control, deadline)
        } catch {
            throw refusal(error)
        }
    }

    /// Sends a statement, and again where the connection was one to a server that has been restarted since.
    ///
    /// What is sent here can be done twice without harm. A freeze is lost with its session, so what belongs to it
    /// fails instead.
    func attempt(
        _ sql: String, on session: MariaDBSession, _ deadline: Duration
    ) async throws(MariaDBError) -> [MariaDBRow] {
        do throws(MariaDBError) {
            return try await session.query(sql, deadline: deadline)
        } catch {
            let isBroken = error.isConnectionError && !error.isTimeout && !error.isRefused
            guard isBroken, error.code != .cancelled, session !== freezing else { throw error }
            return try await session.query(sql, deadline: deadline)
        }
    }

    /// The server's words, without the statement: it may hold a password.
    func refusal(_ error: MariaDBError) -> Refusal {
        let code: ReplyCode = error.isTimeout ? .timedOut : .serverError
        return Refusal(code, "the server of '\(host)' says: \(error.message) (error \(error.code.rawValue))")
    }
}
