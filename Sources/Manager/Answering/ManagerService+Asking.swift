import AdminProtocol
import ClusterModel

extension ManagerService {
    /// Questions that take more than the newest state of the site; the rest are changes.
    func routeQuestion(_ answering: Answering) async throws(Refusal) -> [UInt8] {
        switch answering.request.method {
        case WhyCall.method:
            return try await answering.here(WhyCall.self) { (call) throws(Refusal) in try explain(call) }
        case HistoryCall.method:
            return try await answering.here(HistoryCall.self) { history($0) }
        case HistoryEntryCall.method:
            return try await answering.here(HistoryEntryCall.self) { (call) throws(Refusal) in try entry(call)
            }
        case PlanCall.method:
            return try await answering.byCoordinator(PlanCall.self) { (call, coordinator) throws(Refusal) in
                try await coordinator.plan(call.change, components: self.services.components)
            }
        case ConnectionsCall.method:
            return try await answering.here(ConnectionsCall.self) { (call) throws(Refusal) in
                try await connections(call, for: answering.caller)
            }
        case TailsCall.method:
            return try await answering.here(TailsCall.self) { (call) throws(Refusal) in
                try await coordinator.tails(call)
            }
        case BackupsCall.method:
            return try await answering.here(BackupsCall.self) { (call) throws(Refusal) in
                try await coordinator.backups(call)
            }
        case EventsCall.method:
            return try await answering.here(EventsCall.self) { (call) throws(Refusal) in
                try await events(call, to: answering.caller, answering.progress)
            }
        default: return try await routeChange(answering)
        }
    }

    /// Entries without their lines, so that a thousand fit in a reply.
    private func history(_ call: HistoryCall) -> [OperationRecord] {
        board.journal.newestFirst.prefix(max(0, call.limit)).map { record in
            var short = record
            short.lines = []
            short.steps = nil
            return short
        }
    }

    private func entry(_ call: HistoryEntryCall) throws(Refusal) -> OperationRecord {
        guard let entry = board.journal[call.id] else {
            throw Refusal(
                .noSuchEntry, "the journal has no entry '\(call.id.prefix(64))'",
                hint: "history lists them; the newest \(Journal.limit) are kept")
        }
        return entry
    }
}
