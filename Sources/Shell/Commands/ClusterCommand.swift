import AdminProtocol
import CommandGrammar

/// `cluster heartbeat|validate`.
enum ClusterCommand: ShellCommand {
    static let name = "cluster"
    static let patterns: [CommandPattern] = ["cluster <verb:heartbeat|validate>"]
    static let summary = "Send a heartbeat through replication, or check the majority"
    static let details = [
        "`heartbeat` makes one small write that every data source must apply. `validate` prints how the "
            + "majority of managers stands, step by step."
    ]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        arguments["verb"] == "heartbeat"
            ? try session.perform(HeartbeatCall()) : try session.perform(ValidateCall())
    }
}
