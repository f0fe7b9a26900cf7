import AdminProtocol
import ClusterModel
import Synchronization

extension Coordinator {
    /// `operation abort`: returns at once; who gave the operation's command sees how it is taken back.
    func abort() throws(Refusal) -> Outcome {
        guard let operation = current.withLock({ $0 }) else {
            throw Refusal(
                .wrongState, "no operation runs in \(board.shape.name); there is nothing to abort",
                hint: "history lists those that have ended")
        }
        guard operation.abort() else {
            throw Refusal(
                .notAbortable,
                "'\(operation.command)' (\(operation.id)) cannot be taken back any more; it goes on",
                hint: "history show \(operation.id)")
        }
        return Outcome(
            lines: [
                "OPERATION \(operation.id) ('\(operation.command)') ENDS AT ITS NEXT STEP AND IS TAKEN BACK"
            ],
            operation: operation.id)
    }
}
