import AdminProtocol
import ClusterModel
import CommandGrammar

/// `service <host|*>/<component> start|stop|restart|status`.
enum ServiceCommand: ShellCommand {
    static let name = "service"
    static let patterns: [CommandPattern] = ["service <service> <verb:start|stop|restart|status>"]
    static let summary = "Start, stop, restart or show a server process of a host"
    static let details = [
        "A service is `<host>/mysql` or `<host>/router` (also `<host>/connector`); `*` instead of the host means "
            + "all hosts of the data service. To stop or restart the server of the ONLINE primary needs the policy "
            + "`maintenance` or `set force true`."
    ]
    static let notes = [
        "start": "start the process", "stop": "stop it", "restart": "stop and start it",
        "status": "what its service manager says of it",
    ]
    static let examples = [
        CommandExample("service east2/mysql restart", "restart a database server"),
        CommandExample("service */router status", "all routers"),
    ]
    static let effect = Effect.changes

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let word = arguments["service"] ?? ""
        let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty, parts[0] == "*" || HostName(parts[0]) != nil else {
            throw Refusal(
                .noSuchComponent, "'\(word)' is not a service; nothing was changed",
                hint: "write <host>/mysql or <host>/router, with * for all hosts")
        }
        if let way = elsewhere[parts[1]] {
            throw Refusal(
                .noSuchComponent, "'\(word)' is not steered by 'service'; nothing was changed",
                hint: way.replacing("<host>", with: parts[0]))
        }
        let component = parts[1] == "connector" ? "router" : parts[1]
        let verb = try arguments.choice("verb", as: RunServiceCall.Verb.self)
        return try session.perform(
            RunServiceCall(host: HostName(parts[0]), component: component, verb: verb, force: session.force))
    }

    /// Classic components that are no services here, and what to do instead.
    private static let elsewhere = [
        "replicator": "replication is a part of the server: replicator <host> online|offline",
        "manager": "a manager does not stop itself: on <host>, systemctl restart cctrl-manager",
    ]
}
