import AdminProtocol
import ClusterModel
import CommandGrammar

/// `cluster heartbeat|flush|validate`.
enum ClusterCommand: ShellCommand {
    static let name = "cluster"
    static let patterns: [CommandPattern] = ["cluster <verb:heartbeat|flush|validate>"]
    static let summary = "Send a heartbeat through replication, or check the majority"
    static let details = [
        "`heartbeat` makes one small write that every data source must apply. `flush` does the same and tells "
            + "its sequence number: what was written before has a lower one. `validate` prints how the "
            + "majority of managers stands, step by step."
    ]
    static let notes = [
        "heartbeat": "one small write that every data source must apply",
        "flush": "the same, and its sequence number", "validate": "how the majority of managers stands",
    ]
    static let examples = [
        CommandExample("cluster validate", "before maintenance of a host"),
        CommandExample("cluster heartbeat", "does replication flow?"),
    ]
    static let effect = Effect.changes

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        guard arguments["verb"] != "validate" else { return try session.perform(ValidateCall()) }
        let outcome = try session.ask(HeartbeatCall())
        var ending = session.conclude(outcome)
        guard arguments["verb"] == "flush", session.running?.isPlanned != true else { return ending }
        // The heartbeat's own transaction: nothing that was written before it has a higher number.
        let words = outcome.lines.flatMap { $0.split(separator: " ") }
        guard let beat = words.lazy.compactMap({ GTID($0) }).first else {
            throw Refusal(
                .outcomeUnknown, "the heartbeat was sent, and the manager told no sequence number",
                hint: "'ls' shows how far each data source is")
        }
        let number = session.conclude(Outcome(lines: ["FLUSH SEQUENCE NUMBER: \(beat.sequence)"]))
        if ending == .done { ending = number }
        return ending
    }
}
