import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

/// The steps of a switch that end the old primary's writes.
extension Coordinator {
    func freeze(_ host: HostName, _ operation: Operation) async throws(Refusal) {
        do throws(Refusal) {
            let reply = try await act(
                .freeze(limit: 500, milliseconds: 5000), on: host, operation: operation.id)
            operation.frozenAt.withLock { $0 = reply.position ?? GTIDPosition() }
        } catch  where error.code == .blockedBySession {
            let blockers = try? await act(.blockers, on: host, operation: operation.id).lines
            throw Refusal(
                .blockedBySession,
                "a running statement on '\(host)' did not end within 500 ms"
                    + (blockers?.first.map { ": \($0)" } ?? ""),
                hint: Self.blockedHint)
        }
    }

    /// Closes the old primary, and makes sure that the candidate has everything of it.
    ///
    /// A freeze that ended before the server was closed may have let transactions through; from here on there are no
    /// more, so the position is final.
    func close(_ host: HostName, candidate: HostName, _ operation: Operation) async throws(Refusal) {
        let id = operation.id
        let end = try await act(.close, on: host, operation: id).position ?? GTIDPosition()
        let frozen = operation.frozenAt.withLock { state in
            defer { state = end }
            return state
        }
        guard !frozen.covers(end) else { return }
        log.warning("the freeze ended early", metadata: ["operation": "\(id)", "end": "\(end)"])
        _ = try await act(.awaitPosition(end, milliseconds: 2000), on: candidate, operation: id)
    }
}
