import AdminProtocol
import ClusterModel
import Manager
import MariaDBClient
import Synchronization
import WorkLoop

/// What the server says of itself at one instant.
extension MariaDBServer {
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
        if row["start_is_known"] == nil { try await noteStart(facts) }
        report.uptime = started.withLock { $0?.duration(to: .now).inSeconds }
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

    /// Learns on a new connection since when the server runs.
    private func noteStart(_ facts: MariaDBSession) async throws(MariaDBError) {
        // Whole seconds, rounded down: what this comes to is never before the start.
        let asked = ContinuousClock.now
        let row = try await facts.query(Statements.uptime, deadline: .seconds(2)).first
        let seconds = row.flatMap { $0[1] }.flatMap { Double($0) }
        started.withLock { $0 = seconds.map { asked - .seconds($0) } }
        try await facts.execute(Statements.startIsKnown, deadline: .seconds(2))
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
}
