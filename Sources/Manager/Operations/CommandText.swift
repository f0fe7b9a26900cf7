import AdminProtocol
import ClusterModel

/// Commands as they stand in the journal, with whatever lets them pass over a check.
///
/// `operation resume` reads them again: the first word, and the options.
enum CommandText {
    /// - Parameter force: whether the caller had said `set force true`.
    static func of(_ command: String, force: Bool) -> String { force ? "\(command) (force)" : command }

    static func of(_ call: SwitchCall) -> String {
        of(
            "switch" + (call.target.map { " to \($0)" } ?? "")
                + (call.cutSessions == true ? " --cut-sessions" : ""), force: call.force)
    }

    static func of(_ call: FailoverCall) -> String {
        of("failover" + (call.target.map { " to \($0)" } ?? ""), force: call.force)
    }

    static func of(_ call: ReprovisionCall) -> String {
        of(
            "datasource \(call.name) reprovision" + (call.source.map { " from \($0)" } ?? ""),
            force: call.force)
    }

    static func of(_ call: RunServiceCall) -> String {
        of(
            "service \(call.host?.description ?? "*")/\(call.component) \(call.verb.rawValue)",
            force: call.force)
    }
}
