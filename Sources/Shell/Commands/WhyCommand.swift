import AdminProtocol
import CommandGrammar

/// `why <ds>`, `why not <ds>`, `why no failover`.
enum WhyCommand: ShellCommand {
    static let name = "why"
    static let patterns: [CommandPattern] = ["why <datasource>", "why not <datasource>", "why no failover"]
    static let summary = "Show the rules behind a state, a refused switch, or a failover that does not come"
    static let details = [
        "`why east2` says why a data source is in its state, who or what put it there, and what would change "
            + "that. `why not east2` says what stands in the way of a switch to it. `why no failover` says "
            + "what a failover waits for.",
        "Each line is a rule that the managers themselves decide by: whether it holds, what it sees, and since "
            + "when.",
    ]
    static let notes = [
        "not": "as the target of a switch", "no": "why something does not happen",
        "failover": "what a failover waits for",
    ]
    static let examples = [
        CommandExample("why east3", "why it is SHUNNED, and since when"),
        CommandExample("why not east3", "what keeps it from becoming the primary"),
        CommandExample("why no failover", "what a failover waits for"),
    ]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let name = try arguments.dataSource("datasource", in: session)
        let topic: WhyCall.Topic =
            arguments.has("failover") ? .failover : arguments.has("not") ? .target : .dataSource
        let view = WhyView(
            explanation: try session.ask(WhyCall(topic: topic, name: name)), time: session.time)
        try session.show(view.explanation, rows: view.rows) { view.lines }
        return .done
    }
}
