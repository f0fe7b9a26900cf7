import AdminProtocol
import ClusterModel
import CommandGrammar

/// `cluster online|offline`: every data source, one after the other.
enum ClusterStateCommand: ShellCommand {
    static let name = "cluster"
    static let patterns: [CommandPattern] = ["cluster <verb:online|offline>"]
    static let summary = "Put every data source OFFLINE, or ONLINE again"
    static let details = [
        "`offline` takes the replicas first and the primary last, `online` the other way round; data sources "
            + "that are there already, and shunned and failed ones, stay as they are. The policy AUTOMATIC "
            + "brings OFFLINE ones back: set the policy `maintenance` first. `offline` is an expert-level "
            + "command."
    ]
    static let notes = [
        "online": "put every OFFLINE data source back", "offline": "no reads and no writes anywhere",
    ]
    static let examples = [
        CommandExample("set policy maintenance; cluster offline", "stop all traffic"),
        CommandExample("cluster online; set policy automatic", "and let it flow again"),
    ]
    static let effect = Effect.changes

    static func isExpert(_ arguments: Arguments, in session: Session) -> Bool {
        arguments["verb"] == "offline"
    }

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let verb = try arguments.choice("verb", as: ChangeDataSourceCall.Verb.self)
        let status = try session.ask(StatusCall())
        let from: DataSourceState = verb == .offline ? .online : .offline
        let replicas = status.dataSources.filter { $0.role != .primary }
        let primaries = status.dataSources.filter { $0.role == .primary }
        let order = verb == .offline ? replicas + primaries : primaries + replicas
        let wanted = order.filter { $0.state == from }
        guard !wanted.isEmpty else {
            return session.conclude(
                Outcome(lines: ["No data source of '\(status.site)' is \(from.rawValue): nothing to do"]))
        }
        var ending = Ending.done
        for (index, source) in wanted.enumerated() {
            do throws(Refusal) {
                // That the primary takes all writes away with it is what was asked for and confirmed.
                let one = try session.perform(
                    ChangeDataSourceCall(
                        name: source.name, verb: verb, force: session.force || verb == .offline))
                if ending == .done { ending = one }
            } catch {
                guard index > 0 else { throw error }
                let done = wanted[..<index].map(\.name.description).joined(separator: ", ")
                return session.conclude(
                    Outcome(
                        lines: [
                            "FOLLOW-UP: '\(source.name)' and what comes after it stay as they are: \(error.message)",
                            "FOLLOW-UP: done are \(done); 'cluster \(verb.rawValue)' again does the rest",
                        ], complete: false))
            }
        }
        return ending
    }
}
