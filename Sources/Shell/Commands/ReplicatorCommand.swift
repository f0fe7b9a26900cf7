import AdminProtocol
import ClusterModel
import CommandGrammar

/// `replicator <ds> online|offline|start|stop|restart|status`.
enum ReplicatorCommand: ShellCommand {
    static let name = "replicator"
    static let patterns: [CommandPattern] = [
        "replicator <datasource> <verb:online|offline|start|stop|restart|status>"
    ]
    static let summary = "Start, stop or show the replication of one data source"
    static let details = [
        "Replication is a part of the database server and no process of its own: `start` is the same as `online`, "
            + "`stop` as `offline`, and `restart` is one after the other.",
        "The policy AUTOMATIC starts a stopped replication again unless the data source is shunned: shun it "
            + "first, or set the policy `maintenance`. The primary follows nobody inside the site, so there is nothing "
            + "to start or stop there.",
    ]
    static let notes = [
        "online": "let it replicate", "offline": "stop its replication", "start": "the same as online",
        "stop": "the same as offline", "restart": "offline, then online",
        "status": "show what is known of its replication",
    ]
    static let examples = [
        CommandExample("replicator east2 status", "positions, connections, errors"),
        CommandExample("replicator east2 offline", "stop it; shun the data source first"),
    ]
    static let effect = Effect.changes

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let name = try arguments.neededDataSource("datasource", in: session)
        let verb = arguments["verb"]
        if verb == "status" {
            let status = try session.ask(StatusCall(reports: true))
            let view = LongView(source: try status.needed(name), site: status.site)
            try session.show(view.replicator) { view.replicatorBox }
            return .done
        }
        var ending = Ending.done
        if verb == "offline" || verb == "stop" || verb == "restart" {
            ending = try session.perform(
                ChangeReplicatorCall(name: name, wanted: .offline, force: session.force))
        }
        guard verb == "online" || verb == "start" || verb == "restart" else { return ending }
        let online = try session.perform(
            ChangeReplicatorCall(name: name, wanted: .online, force: session.force))
        return ending == .done ? online : ending
    }
}
