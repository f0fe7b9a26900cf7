import AdminProtocol
import ClusterModel
import Planning
import WorkLoop

/// `datasource <ds> backup`, `restore`, `backups`: done by the manager of the host.
extension Coordinator {
    /// The longest that copying data may take.
    static let copyLimit = Duration.seconds(DataCopy.longest)
    /// The longest that stopping, swapping and starting may take: each service command has its own, shorter limit.
    private static let swapLimit = Duration.seconds(300)

    // MARK: backup

    /// What a backup needs; nothing is changed here.
    func check(_ call: BackupCall) throws(Refusal) {
        let host = try known(call.name)
        if let directory = call.directory { try checkPath(directory, of: host) }
        guard let server = board.snapshot.reports[host]?.server else { throw silent(host) }
        guard server.state == .online else {
            throw Refusal(
                .wrongState,
                "the server of '\(host)' is \(server.state.rawValue): there is nothing to copy; nothing was changed",
                hint: "service \(host)/mysql start")
        }
    }

    func backup(
        _ call: BackupCall, by author: String, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Outcome {
        try check(call)
        return try await journaled("datasource \(call.name) backup", by: author) { () async throws(Refusal) in
            let action = HostBackupCall.Action.make(directory: call.directory)
            let reply = try await onHost(call.name, action, Self.copyLimit, progress)
            return Outcome(lines: reply.lines)
        }
    }

    func planBackup(_ call: BackupCall) throws(Refusal) -> PlanReport {
        try check(call)
        var plan = PlanReport(
            command: "datasource \(call.name) backup",
            steps: [
                "copy the data of '\(call.name)' to \(call.directory ?? "the configured directory") on that host,"
                    + " while it serves",
                "make the copy ready for use",
            ])
        if call.name == board.snapshot.primary {
            plan.notes.append("'\(call.name)' is the primary: a replica's backup costs writers nothing")
        }
        return plan
    }

    // MARK: restore

    /// Where a restore would be harmful it is refused; nothing is changed here.
    func check(_ call: RestoreCall) throws(Refusal) {
        let host = try known(call.name)
        let snapshot = board.snapshot
        if let backup = call.backup, backup.contains("/") { try checkPath(backup, of: host) }
        guard snapshot.reports[host] != nil else { throw silent(host) }
        guard host != snapshot.primary else {
            throw Refusal(
                .wrongState, "'\(host)' is the primary: a restore would lose writes; nothing was changed",
                hint: "switch first, then: datasource \(host) shun")
        }
        let state = snapshot.record(of: host).state
        guard state == .shunned || (state == .offline && snapshot.policy != .automatic) else {
            let why =
                state == .offline
                ? "it is OFFLINE, and policy AUTOMATIC would bring it back meanwhile"
                : "it is \(snapshot.stateText(of: host)), and must be SHUNNED or OFFLINE"
            throw Refusal(
                .wrongState, "'\(host)' cannot be restored: \(why); nothing was changed",
                hint: "datasource \(host) shun")
        }
        if let running = snapshot.operation { throw RefusalText.refusal(.operationRunning(running)) }
    }

    func restore(
        _ call: RestoreCall, by author: String, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Outcome {
        try check(call)
        let host = call.name
        // The long part changes nothing that is in use.
        let unpack = HostBackupCall.Action.unpack(backup: call.backup)
        guard let backup = try await onHost(host, unpack, Self.copyLimit, progress).backups.first else {
            throw Refusal(.internalError, "the manager of '\(host)' named no backup; '\(host)' is as it was")
        }
        let path = "\(backup.directory)/\(backup.name)"
        do throws(Refusal) {
            let command = "datasource \(host) restore \(path)"
            let outcome = try await operate(command, by: author, progress: progress) {
                (operation) throws(Refusal) in
                // Nobody starts the replicator before the position is set, or before an operator wants it.
                try await self.commit([try self.write(.replicator(host), Wanted.offline)])
                let reply = try await self.onHost(host, .swap(backup: path), Self.swapLimit, operation.say)
                return Outcome(
                    lines: reply.lines + [
                        "RESTORE OF '\(host)@\(self.board.shape.name)' WAS SUCCESSFUL",
                        "its replicator is OFFLINE; 'datasource \(host) recover' brings it back",
                    ], operation: operation.id)
            }
            // So that an `ls` after the command is right.
            _ = await wait(.seconds(5)) { $0.reports[host]?.server.state == .online }
            return outcome
        } catch {
            // Refused before the swap began, or swapped back: the copy is of no use any more.
            if error.code != .outcomeUnknown {
                _ = try? await onHost(host, .discard(backup: path), .seconds(60)) { _ in }
            }
            throw error
        }
    }

    func planRestore(_ call: RestoreCall) async throws(Refusal) -> PlanReport {
        try check(call)
        let host = call.name
        let found = try await onHost(host, .find(backup: call.backup), .seconds(20)) { _ in }
        guard let backup = found.backups.first else {
            throw Refusal(.internalError, "the manager of '\(host)' named no backup")
        }
        var plan = report(
            RecordChange(
                command: "datasource \(host) restore", edits: [.replicator(host, .offline)], lines: []))
        plan.notes = ["the former data stays beside the new until somebody removes it"]
        plan.steps = [
            "copy \(backup.directory)/\(backup.name) (\(backup.bytes >> 20) MiB, at \(backup.position)) beside the"
                + " data of '\(host)'",
            "hold the replicator of '\(host)'", "stop the server of '\(host)'",
            "put the copy in the place of its data, and start the server",
            "set its position to \(backup.position)",
        ]
        return plan
    }

    // MARK: common parts

    func backups(_ call: BackupsCall) async throws(Refusal) -> [BackupInfo] {
        let host = try known(call.name)
        if let directory = call.directory { try checkPath(directory, of: host) }
        return try await onHost(host, .list(directory: call.directory), .seconds(20)) { _ in }.backups
    }

    private func onHost(
        _ target: HostName, _ action: HostBackupCall.Action, _ limit: Duration,
        _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostBackupReply {
        // A question needs no coordinator.
        let call = HostBackupCall(epoch: membership.leadership?.epoch ?? board.epoch, action: action)
        if target == host { return try await backups.answer(call, known: board.epoch, progress) }
        return try await peers.call(call, on: target, for: nil, deadline: limit, progress: progress)
    }

    private func silent(_ host: HostName) -> Refusal {
        Refusal(
            .hostUnreachable, "the manager of '\(host)' does not answer; nothing was changed",
            hint: "members")
    }

    private func checkPath(_ path: String, of host: HostName) throws(Refusal) {
        let isPlain = path.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard path.hasPrefix("/"), isPlain, path.utf8.count < 1000 else {
            throw Refusal(
                .badArgument, "a directory is an absolute path on '\(host)'; nothing was changed",
                hint: "datasource \(host) backup /var/backups/mariadb")
        }
    }
}

extension BackupControl {
    /// What another manager, or this one, asks of this host.
    /// - Parameter known: the newest epoch that this manager knows.
    func answer(
        _ call: HostBackupCall, known: Int64, _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostBackupReply {
        guard call.epoch >= known else {
            throw Refusal(
                .staleEpoch, "the coordinator of epoch \(call.epoch) is not the newest (\(known)) any more")
        }
        // Files and programs of any size.
        return try await WorkLoop.away { () async throws(Refusal) in try await carryOut(call, progress) }
    }

    private func carryOut(
        _ call: HostBackupCall, _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostBackupReply {
        switch call.action {
        case .make(let directory):
            let backup = try await make(in: directory, progress: progress)
            return HostBackupReply(
                backups: [backup],
                lines: [
                    "Backup of dataSource '\(backup.host)' succeeded; uri=file://\(backup.directory)/\(backup.name)"
                ])
        case .list(let directory): return HostBackupReply(backups: try await list(in: directory))
        case .find(let name): return HostBackupReply(backups: [try await find(name)])
        case .unpack(let name):
            let backup = try await find(name)
            try await unpack(backup, progress: progress)
            return HostBackupReply(backups: [backup])
        case .swap(let name):
            let backup = try await find(name)
            return HostBackupReply(backups: [backup], lines: try await swap(backup))
        case .discard(let name):
            await discard(try await find(name))
            return HostBackupReply(backups: [])
        }
    }
}
