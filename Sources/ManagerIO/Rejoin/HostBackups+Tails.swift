import AdminProtocol
import ClusterModel
import Glibc
import Logging
import Manager
import SiteConfiguration

/// What this host's server has and no other does: found in its log, and kept in files.
extension HostBackups {
    /// Of a tail's ids, so many are told.
    private static let toldIDs = 1000

    /// Where the server's files are.
    func serverPlace() async throws(Refusal) -> ServerPlace {
        if await server.observe().state == .online {
            let told = try await server.place()
            let place = ServerPlace(data: told.data, logIndex: told.logIndex)
            if !place.remember(in: paths) {
                log.warning("the server's place cannot be noted", metadata: ["path": "\(paths.serverPlace)"])
            }
            return place
        }
        if let place = ServerPlace.remembered(in: paths) { return place }
        throw Refusal(
            .wrongState,
            "the server of '\(host)' does not run, and nobody else knows where its data is; nothing was changed",
            hint: "service \(host)/mysql start")
    }

    /// Learns the server's place as soon as it serves; ends then, or when cancelled.
    package func learnPlace() async {
        while !Task.isCancelled {
            if await server.observe().state == .online, (try? await serverPlace()) != nil { return }
            try? await Task.sleep(for: .seconds(2))
        }
    }

    package func history() async throws(Refusal) -> GTIDHistory {
        guard let last = try await serverPlace().logFiles().last else { return GTIDHistory() }
        return try BinaryLogFile(last).history()
    }

    package func tail(_ domain: UInt32, after: GTID?, save: Bool) async throws(Refusal) -> HostCopyReply {
        let tail = try BinaryLogTail(try await serverPlace().logFiles(), domain: domain, after: after)
        var reply = HostCopyReply()
        reply.transactions = tail.gtids.count
        reply.gtids = Array(tail.gtids.prefix(Self.toldIDs))
        reply.unconfirmed = (try? await server.hasToldNothing(since: Int64(tail.firstAt))) ?? false
        if save, !tail.gtids.isEmpty { reply.tails = [try await keep(tail)] }
        return reply
    }

    package func tails() async throws(Refusal) -> [SavedTail] {
        (FileTree.names(in: paths.tails) ?? []).filter { $0.hasSuffix(".json") }
            .compactMap { name in
                SmallFile.bytes("\(paths.tails)/\(name)").flatMap {
                    try? FrameCodec.decode(SavedTail.self, from: $0)
                }
            }
            .sorted { ($0.savedAt, $0.readable) > ($1.savedAt, $1.readable) }
    }

    /// The same transactions are written once: files that are complete are never touched again.
    private func keep(_ tail: BinaryLogTail) async throws(Refusal) -> SavedTail {
        guard let first = tail.gtids.first, let last = tail.gtids.last else {
            throw Refusal(.internalError, "there is nothing to save on '\(host)'")
        }
        let base = "\(paths.tails)/\(host)-\(first)-to-\(last)-\(tail.bytes)"
        if let bytes = SmallFile.bytes("\(base).json") {
            return try FrameCodec.decode(SavedTail.self, from: bytes)
        }
        guard FileTree.make(paths.tails) else {
            throw Refusal(
                .failed, "'\(paths.tails)' cannot be made on '\(host)': \(String(cString: strerror(errno)))")
        }
        // The readable form is a few times as long.
        try checkRoom(tail.bytes * 8, at: paths.tails)
        let saved = SavedTail(
            host: host, savedAt: .now, transactions: tail.gtids.count, first: first, last: last,
            readable: "\(base).sql", binaryLog: "\(base).binlog", bytes: tail.bytes)
        for path in [saved.readable, saved.binaryLog] where unlink(path) != 0 && errno != ENOENT {
            throw Refusal(
                .failed, "'\(path)' of '\(host)' is in the way: \(String(cString: strerror(errno)))")
        }
        try tail.write(to: saved.binaryLog)
        try await decode(saved.binaryLog, to: saved.readable)
        guard SmallFile.write(try FrameCodec.encode(saved), to: "\(base).json") else {
            throw Refusal(
                .failed, "'\(base).json' of '\(host)' cannot be written: \(String(cString: strerror(errno)))")
        }
        log.notice(
            "transactions that no other server has were saved", metadata: ["path": "\(saved.readable)"])
        return saved
    }

    private func decode(_ log: String, to path: String) async throws(Refusal) {
        guard let target = OpenFile(path, O_WRONLY | O_CREAT | O_EXCL) else {
            throw Refusal(
                .failed, "'\(path)' of '\(host)' cannot be made: \(String(cString: strerror(errno)))")
        }
        var program = ChildProcess(
            program: "mariadb-binlog",
            arguments: ["--no-defaults", "--base64-output=decode-rows", "-v", log],
            log: "\(paths.logDirectory)/backup.log")
        program.output = target.descriptor
        try await program.run(limit: .seconds(600))
        try target.flush()
    }
}
