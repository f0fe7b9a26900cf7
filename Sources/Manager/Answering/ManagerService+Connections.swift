import AdminProtocol
import ClusterModel
import Planning

/// `datasource <ds> connections [-l]`.
extension ManagerService {
    func connections(_ call: ConnectionsCall, for caller: Caller) async throws(Refusal) -> Connections {
        let host = try coordinator.known(call.name)
        guard !call.list || caller.role.includes(.operator) else {
            throw Refusal(
                .notPermitted,
                "'\(caller.name)' has the role \(caller.role.rawValue), and a list of sessions with their statements"
                    + " needs operator",
                hint: "datasource \(host) connections, without -l")
        }
        guard board.snapshot.reports[host] != nil else {
            throw Refusal(.hostUnreachable, "the manager of '\(host)' does not answer", hint: "members")
        }
        let action = AgentCall(epoch: board.epoch, operation: "", action: .sessions)
        let reply: AgentReply
        if host == board.host {
            reply = try await agent.act(action)
        } else {
            reply = try await peers.call(action, on: host, deadline: .seconds(5))
        }
        let sessions = reply.sessions ?? []
        let snapshot = board.snapshot
        let routers = snapshot.shape.routers.compactMap { router in
            snapshot.reports[router]?.router.byDataSource[host].map {
                RouterSessions(router: router, active: $0.active)
            }
        }
        // The routers' counts are a moment older than the server's.
        let direct = max(0, sessions.count - routers.reduce(0) { $0 + $1.active })
        return Connections(
            name: host, total: sessions.count, routers: routers, direct: direct,
            sessions: call.list ? sessions : [])
    }
}
