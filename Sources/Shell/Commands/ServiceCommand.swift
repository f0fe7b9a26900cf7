import AdminProtocol
import ClusterModel
import CommandGrammar

/// `service <host|*>/<component> start|stop|restart|status`.
enum ServiceCommand: ShellCommand {
    static let name = "service"
    static let patterns: [CommandPattern] = ["service <service> <verb:start|stop|restart|status>"]
    static let summary = "Start, stop, restart or show a server process of a host"
    static let details = [
        "A service is `<host>/mysql` or `<host>/router`; `*` instead of the host means all hosts of the data "
            + "service."
    ]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let word = arguments["service"] ?? ""
        let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty, parts[0] == "*" || HostName(parts[0]) != nil else {
            throw Refusal(
                .noSuchComponent, "'\(word)' is not a service; nothing was changed",
                hint: "write <host>/mysql or <host>/router, with * for all hosts")
        }
        let verb = try arguments.choice("verb", as: RunServiceCall.Verb.self)
        return try session.perform(
            RunServiceCall(host: HostName(parts[0]), component: parts[1], verb: verb, force: session.force))
    }
}
