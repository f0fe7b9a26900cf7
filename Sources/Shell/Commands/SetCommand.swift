import AdminProtocol
import ClusterModel
import CommandGrammar

/// `set policy|force|output|master <value>`.
enum SetCommand: ShellCommand {
    static let name = "set"
    static let patterns: [CommandPattern] = [
        "set policy <policy:automatic|manual|maintenance>", "set force <force:true|false>",
        "set output <level>", "set master <datasource>",
    ]
    static let summary = "Set the policy of the data service, its master, or force and output of this session"
    static let details = [
        "`automatic`: the managers find faults, take failed data sources out, fail over, and bring back "
            + "what can be brought back. `manual`: they find faults and take failed data sources out; the "
            + "rest waits for an operator. `maintenance`: they change no data source's state, and begin neither a "
            + "failover nor a recovery. What the records say is kept up under each policy: replication that was "
            + "stopped by hand is started again (`replicator <ds> offline` holds it), a replica takes no writes, and "
            + "a host without a majority is closed. The policy holds at once for all managers of the data service.",
        "`set force true` lets the commands that follow in this session skip those safety checks that a "
            + "refusal names as forcible.",
        "`set output` is how much operations tell: `off` (refusals only), `summary`, `normal`, `detailed` (each "
            + "line after its time), `debug` (and the requests that were sent), `diag` (and what was in them).",
        "`set master` is for a data service without a working primary: it makes the data source the primary, "
            + "in the way of `failover`, or brings it back where it is the primary already. It needs `set force "
            + "true`, and is an expert-level command. While the primary works, use `switch to`.",
    ]
    static let notes = [
        "policy": "how much the managers do by themselves", "force": "skip checks that a refusal names",
        "output": "how much operations tell", "master": "the primary, in an emergency",
        "automatic": "find faults, fail over, bring back", "manual": "find faults, take out; no failover",
        "maintenance": "change no states, begin no failover", "true": "skip forcible checks",
        "false": "keep all checks",
        "<level>": "off, summary, normal, detailed, debug or diag",
    ]
    static let examples = [
        CommandExample("set policy maintenance", "no failover during work on servers"),
        CommandExample("set output detailed", "times before the lines of operations"),
    ]
    static let effect = Effect.changes

    static func isExpert(_ arguments: Arguments, in session: Session) -> Bool { arguments.has("master") }

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        if let force = arguments["force"] {
            session.force = force == "true"
            session.screen.print("FORCE: \(session.force)")
            return .done
        }
        if let word = arguments["level"] {
            guard let level = OutputLevel(rawValue: word.lowercased()) else {
                throw Refusal(
                    .badArgument, "'\(word)' is not a valid value for the log level",
                    hint: "levels: \(OutputLevel.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            session.level = level
            return .done
        }
        if arguments.has("master") {
            return try MasterByHand(session).set(arguments.neededDataSource("datasource", in: session))
        }
        let policy = try arguments.choice("policy", as: Policy.self) { $0.uppercased() }
        return try session.perform(SetPolicyCall(policy: policy))
    }
}
