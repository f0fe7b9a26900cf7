import AdminProtocol
import ClusterModel
import WorkLoop

/// What a manager can do on its own host about copies of data between hosts, and about what only its server has.
///
/// Copying and exchanging is one at a time, backups included: another is refused with `busy`. A call that fails or is
/// cancelled leaves the data as it was.
package protocol CopyControl: Sendable {
    /// The size of the data, the room beside it, and the server's version.
    func measure() async throws(Refusal) -> HostCopyReply

    /// Sends a copy of the data, made while the server serves, into the stream that `token` opens.
    func send(
        _ token: String, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostCopyReply

    /// Receives a copy, and makes it ready for use; the own server goes on as it is.
    /// - Parameters:
    ///   - epoch: of the coordinator on whose behalf this is done.
    ///   - bytes: about what will come.
    func receive(
        from source: HostName, address: String, bytes: Int64, epoch: Int64,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostCopyReply

    /// Stops the server, puts a received copy in the place of its data, starts it, and sets its position.
    ///
    /// Goes on when the caller is gone; where it fails, the server is started with its former data.
    func exchange(_ copy: String) async throws(Refusal) -> [String]

    /// Removes a received copy.
    func discard(_ copy: String) async

    /// Finishes or takes back an exchange that was broken off.
    /// - Returns: what was done; empty where there was none.
    func mend() async throws(Refusal) -> [String]

    /// What the files of the binary log hold.
    func history() async throws(Refusal) -> GTIDHistory

    /// The transactions of a domain after one that others have too.
    /// - Parameter save: whether they are written to files; where they are saved already, those files stay.
    func tail(_ domain: UInt32, after: GTID?, save: Bool) async throws(Refusal) -> HostCopyReply

    /// What was saved so, newest first.
    func tails() async throws(Refusal) -> [SavedTail]
}

extension CopyControl {
    /// What another manager, or this one, asks of this host.
    /// - Parameter known: the newest epoch that this manager knows.
    func answer(
        _ call: HostCopyCall, known: Int64, _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostCopyReply {
        guard call.epoch >= known else {
            throw Refusal(
                .staleEpoch, "the coordinator of epoch \(call.epoch) is not the newest (\(known)) any more")
        }
        // Files and programs of any size.
        return try await WorkLoop.away { () async throws(Refusal) in try await carryOut(call, progress) }
    }

    private func carryOut(
        _ call: HostCopyCall, _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostCopyReply {
        switch call.action {
        case .measure: return try await measure()
        case .send(let token): return try await send(token, progress: progress)
        case .receive(let source, let address, let bytes):
            return try await receive(
                from: source, address: address, bytes: bytes, epoch: call.epoch, progress: progress)
        case .exchange(let copy): return HostCopyReply(lines: try await exchange(copy))
        case .discard(let copy):
            await discard(copy)
            return HostCopyReply()
        case .mend: return HostCopyReply(lines: try await mend())
        case .history:
            var reply = HostCopyReply()
            reply.history = try await history()
            return reply
        case .tail(let domain, let after, let save):
            return try await tail(domain, after: after, save: save)
        case .tails:
            var reply = HostCopyReply()
            reply.tails = try await tails()
            return reply
        }
    }
}
