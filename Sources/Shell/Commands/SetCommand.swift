import AdminProtocol
import ClusterModel
import CommandGrammar

/// `set policy <policy>`, `set force true|false`.
enum SetCommand: ShellCommand {
    static let name = "set"
    static let patterns: [CommandPattern] = [
        "set policy <policy:automatic|manual|maintenance>", "set force <force:true|false>",
    ]
    static let summary = "Set the policy of the data service, or the force of this session"
    static let details = [
        "`automatic`: the managers find faults, take failed data sources out, fail over, and bring back "
            + "what can be brought back. `manual`: they find faults and take failed data sources out; the "
            + "rest waits for an operator. `maintenance`: they watch and report only. The policy holds at "
            + "once for all managers of the data service.",
        "`set force true` lets the commands that follow in this session skip those safety checks that a "
            + "refusal names as forcible.",
    ]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        if let force = arguments["force"] {
            session.force = force == "true"
            session.screen.print("FORCE: \(session.force)")
            return .done
        }
        let policy = try arguments.choice("policy", as: Policy.self) { $0.uppercased() }
        return try session.perform(SetPolicyCall(policy: policy))
    }
}
