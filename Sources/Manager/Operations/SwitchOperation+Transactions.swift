import AdminProtocol
import ClusterModel
import Planning

extension Coordinator {
    /// How long transactions that are open may take to end, in milliseconds; nobody is held meanwhile.
    private static let patience = 1000

    /// Looks for who would be in the way before the plan begins: the plan itself would meet them only when all that has
    /// to be near is near, which takes seconds on a busy host.
    func meetTransactions(_ plan: Plan, cut: Bool, _ operation: Operation) async throws(Refusal) {
        guard !cut else { return }
        do throws(Refusal) {
            try await endTransactions(of: plan, cut: false, operation)
        } catch {
            throw Refusal(error.code, "\(error.message); \(plan.stays())", hint: error.hint)
        }
    }

    func endTransactions(of plan: Plan, cut: Bool, _ operation: Operation) async throws(Refusal) {
        let host = plan.from
        let reply: AgentReply
        do throws(Refusal) {
            reply = try await act(
                .endTransactions(limit: Self.patience, cut: cut), on: host, operation: operation.id,
                deadline: .seconds(20))
        } catch  where error.code == .blockedBySession && !cut {
            // The choice may be another one later: the same switch again, and no other.
            throw Refusal(
                error.code, error.message,
                hint: "wait for it, or end it: switch to \(plan.to) --cut-sessions")
        }
        for line in reply.lines {
            operation.say("CUT ON CURRENT MASTER '\(host)@\(board.shape.name)': \(line)")
        }
        operation.cut(transactions: reply.count ?? 0)
    }
}
