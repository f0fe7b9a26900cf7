import AdminProtocol
import ClusterModel
import CommandGrammar

/// `replicator <ds> online|offline|status`.
enum ReplicatorCommand: ShellCommand {
    static let name = "replicator"
    static let patterns: [CommandPattern] = ["replicator <datasource> <verb:online|offline|status>"]
    static let summary = "Start, stop or show the replication of one data source"
    static let details = [
        "The policy AUTOMATIC starts a stopped replication again unless the data source is shunned: shun it "
            + "first, or set the policy `maintenance`."
    ]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let name = try arguments.neededDataSource("datasource", in: session)
        if arguments["verb"] == "status" {
            let status = try session.ask(StatusCall(reports: true))
            let view = LongView(source: try status.needed(name), site: status.site)
            view.replicatorBox.forEach(session.screen.print)
            return .done
        }
        let wanted = try arguments.choice("verb", as: Wanted.self) { $0.uppercased() }
        return try session.perform(ChangeReplicatorCall(name: name, wanted: wanted, force: session.force))
    }
}
