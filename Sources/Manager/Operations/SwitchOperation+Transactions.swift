import AdminProtocol
import ClusterModel

extension Coordinator {
    /// What to do about a session that keeps a switch from happening.
    static let blockedHint = "wait for it, or end it: switch --cut-sessions"

    /// How long transactions that are open may take to end, in milliseconds; nobody is held meanwhile.
    private static let patience = 1000

    func endTransactions(on host: HostName, cut: Bool, _ operation: Operation) async throws(Refusal) {
        let reply = try await act(
            .endTransactions(limit: Self.patience, cut: cut), on: host, operation: operation.id,
            deadline: .seconds(20))
        for line in reply.lines {
            operation.say("CUT ON CURRENT MASTER '\(host)@\(board.shape.name)': \(line)")
        }
        operation.cut(transactions: reply.count ?? 0)
    }
}
