import AdminProtocol
import ClusterModel
import Logging
import Planning

/// A data source that only another server's data helps.
struct CopyNeed: Hashable, Sendable {
    var host: HostName
    /// The server to copy.
    var donor: HostName
    /// Bytes that will come, about.
    var bytes: Int64
}

/// What a server has that its primary has not, and what is to become of it.
extension Coordinator {
    /// How a server stands to the primary, asked for now.
    func judge(_ host: HostName, operation: String) async throws(Refusal) -> Divergence {
        var snapshot = board.snapshot
        snapshot.reports = [:]
        // Its own history first: what it may read from the primary meanwhile is then in the primary's.
        snapshot.reports[host] = try await act(.report, on: host, operation: operation).report
        let others = board.snapshot.liveHosts.filter { $0 != host }
        for (other, reply) in await act(.report, on: others, operation: operation) {
            snapshot.reports[other] = try? reply.get().report
        }
        guard let divergence = snapshot.divergence(of: host) else {
            let primary = snapshot.primary?.description ?? "none"
            throw Refusal(
                .hostUnreachable,
                "the server of '\(host)', or of the primary '\(primary)', does not tell its history; '\(host)' is"
                    + " unchanged",
                hint: "ls, and once both serve, the same command again")
        }
        return divergence
    }

    /// The same for a server that does not run, by the files of its log; nil where they cannot be read.
    func judgeStopped(_ host: HostName, operation: String) async -> Divergence? {
        do throws(Refusal) {
            guard let history = try await onCopy(host, .history, .seconds(60)).history else { return nil }
            var snapshot = board.snapshot
            snapshot.reports = [:]
            let others = board.snapshot.liveHosts.filter { $0 != host }
            for (other, reply) in await act(.report, on: others, operation: operation) {
                snapshot.reports[other] = try? reply.get().report
            }
            guard let lineage = snapshot.lineage else { return nil }
            return Divergence(of: history, to: lineage, domain: board.shape.domain)
        } catch {
            log.info("a log cannot be judged", metadata: ["host": "\(host)", "why": "\(error)"])
            return nil
        }
    }

    /// A server that ended in a crash may take back, when it starts, what it had logged and nobody had confirmed: that
    /// is saved before.
    /// - Returns: how many transactions were saved; nil where there were none, or the log cannot be read.
    func saveBeforeStart(_ host: HostName, _ operation: Operation) async -> Int? {
        guard host != board.snapshot.primary, board.snapshot.record(of: host).role == .primary,
            case .ahead(let tail)? = await judgeStopped(host, operation: operation.id)
        else { return nil }
        do throws(Refusal) {
            return try await save(tail, of: host, operation.say).transactions
        } catch {
            operation.say("NOTE: WHAT ONLY '\(host)' HAS COULD NOT BE SAVED: \(error.message)")
            return nil
        }
    }

    /// Writes a tail to files on its host, and says so.
    private func save(
        _ tail: Divergence.Tail, of host: HostName, _ say: (String) -> Void
    ) async throws(Refusal) -> HostCopyReply {
        let reply = try await onCopy(
            host, .tail(domain: tail.domain, after: tail.after, save: true), .seconds(900))
        let count = reply.transactions ?? 0
        say(
            "'\(host)' HOLDS \(count) TRANSACTIONS THAT THE MASTER NEVER HAD: \(Self.text(reply.gtids ?? []))"
        )
        let remote = neighbours.hosts.values.flatMap(\.self)
        let holders = tail.holders(
            in: await Holdings.ask(remote, of: tail.domain, peers, log).positions)
        if !holders.isEmpty { say("THEY ARE ALSO ON \(PlanText.list(holders))") }
        for saved in reply.tails ?? [] { say("SAVED ON '\(host)': \(saved.readable)") }
        return reply
    }

    /// What it takes to give a server new data.
    ///
    /// Whatever only this server has is saved first, also where that is refused then.
    /// - Throws: `wouldLoseWrites` where clients may have been told that some of it is safe, and there is no force.
    func need(
        _ host: HostName, _ reason: RejoinPlanner.Reason, named: HostName?, force: Bool,
        _ say: (String) -> Void
    ) async throws(Refusal) -> CopyNeed {
        if case .refused(let text) = reason { say("'\(host)' CANNOT FOLLOW: \(text)") }
        if case .ahead(let tail) = reason {
            let role = board.snapshot.record(of: host).role
            let reply = try await save(tail, of: host, say)
            let count = reply.transactions ?? 0
            // Receipts are counted by a primary only.
            let isSafe = count > 0 && reply.unconfirmed == true && role == .primary
            guard isSafe || force else { throw Self.mayBeLost(host, count, reply.tails?.first) }
            if isSafe { say("NO CLIENT WAS TOLD THAT THEY ARE SAFE") }
        }
        return try await copyNeed(host, named: named)
    }

    /// The server to copy, and whether there is room for the copy.
    func copyNeed(_ host: HostName, named: HostName?) async throws(Refusal) -> CopyNeed {
        let donor: HostName
        do {
            donor = try RejoinPlanner.donor(named, for: host, in: board.snapshot)
        } catch {
            throw RefusalText.refusal(error)
        }
        let there = try await onCopy(donor, .measure, .seconds(60))
        let here = try await onCopy(host, .measure, .seconds(60))
        let bytes = there.bytes ?? 0
        let room = here.room ?? 0
        guard room > Self.roomNeeded(for: bytes) else {
            throw Refusal(
                .noSpace,
                "\(Self.roomNeeded(for: bytes) >> 20) MiB are needed beside the data of '\(host)' for a copy of"
                    + " '\(donor)', and \(room >> 20) MiB are free; the data of '\(host)' is as it was",
                hint: "make room on \(host), and the same command again")
        }
        if let new = there.version, let old = here.version, release(new) != release(old) {
            throw Refusal(
                .wrongState,
                "'\(donor)' runs MariaDB \(new), and '\(host)' \(old); the data of '\(host)' is as it was",
                hint: "the same release on both, and the same command again")
        }
        return CopyNeed(host: host, donor: donor, bytes: bytes)
    }

    /// What a copy needs while it is made ready, beside itself.
    private static func roomNeeded(for bytes: Int64) -> Int64 { bytes + bytes / 20 + 64 << 20 }

    private func release(_ version: String) -> [Substring] { Array(version.split(separator: ".").prefix(2)) }

    private static func mayBeLost(_ host: HostName, _ count: Int, _ saved: SavedTail?) -> Refusal {
        let what = count == 1 ? "a transaction" : "\(max(count, 1)) transactions"
        let place =
            saved.map { "it can be read in \($0.readable) there" }
            ?? "the log of '\(host)' does not hold it any more, so it cannot be saved"
        return Refusal(
            .wouldLoseWrites,
            "'\(host)' has \(what) that the primary never had, and clients may have been told that it is safe;"
                + " \(place); '\(host)' stays as it is",
            hint: "look at it; then: set force true; datasource \(host) recover")
    }

    static func text(_ reason: RejoinPlanner.Reason) -> String {
        switch reason {
        case .ahead(let tail): "it has transactions of its own, \(tail.description)"
        case .refused(let text): "the primary refuses it: \(text)"
        case .asked: "an operator wants it"
        }
    }

    private static func text(_ gtids: [GTID]) -> String {
        guard let first = gtids.first, let last = gtids.last else { return "none is in its log" }
        guard gtids.count > 5 else { return gtids.map(\.description).joined(separator: ", ") }
        return "\(first) to \(last)"
    }
}
