import AdminProtocol
import ClusterModel
import Logging
import Planning

/// Answers the admin protocol: reads from the board, changes through the coordinator, wherever that is.
package final class ManagerService: AdminService {
    let board: SiteBoard
    let agent: Agent
    let coordinator: Coordinator
    let membership: Membership
    let peers: any Peers
    let services: any ServiceRunner
    private let sites: [SiteName: [HostName]]
    let log: Logger
    let listeners = Listeners()

    package init(
        board: SiteBoard, agent: Agent, coordinator: Coordinator, membership: Membership, peers: any Peers,
        services: any ServiceRunner, sites: [SiteName: [HostName]], log: Logger
    ) {
        self.board = board
        self.agent = agent
        self.coordinator = coordinator
        self.membership = membership
        self.peers = peers
        self.services = services
        self.sites = sites
        self.log = log
    }

    package func welcome(_ hello: HelloCall, for caller: Caller) throws(Refusal) -> Welcome {
        Welcome(
            product: Product.name, version: Product.version, build: Product.build,
            protocolVersion: ProtocolLimits.versions[0], site: board.shape.name, host: board.host,
            role: caller.role,
            sites: sites)
    }

    package func answer(
        _ request: FrameCodec.Request, from caller: Caller, progress: @escaping @Sendable (String) -> Void
    ) async -> [UInt8] {
        do throws(Refusal) {
            return try await route(request, caller, progress)
        } catch {
            log.info(
                "refused",
                metadata: [
                    "method": "\(request.method)", "caller": "\(caller.name)",
                    "code": "\(error.code.rawValue)",
                    "why": "\(error.message)",
                ])
            return FrameCodec.refusal(error, id: request.id)
        }
    }

    /// Every method in one place.
    private func route(
        _ request: FrameCodec.Request, _ caller: Caller, _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> [UInt8] {
        let answering = Answering(service: self, request: request, caller: caller, progress: progress)
        switch request.method {
        // Reading: any manager answers at once.
        case StatusCall.method: return try await answering.here(StatusCall.self) { status($0) }
        case MembersCall.method: return try await answering.here(MembersCall.self) { _ in members() }
        case TopologyCall.method: return try await answering.here(TopologyCall.self) { _ in topology() }
        case NeighbourCall.method: return try await answering.here(NeighbourCall.self) { _ in neighbour() }
        case PingCall.method:
            return try await answering.here(PingCall.self) { (call) throws(Refusal) in try await ping(call) }
        case ValidateCall.method: return try await answering.here(ValidateCall.self) { _ in await validate() }
        case AgentCall.method:
            return try await answering.here(AgentCall.self) { (call) throws(Refusal) in
                try await agent.act(call)
            }
        case PositionCall.method:
            return try await answering.here(PositionCall.self) { (_) throws(Refusal) in
                try await agent.server.logged()
            }
        case HeldCall.method:
            return try await answering.here(HeldCall.self) { (call) throws(Refusal) in
                guard let source = call.leaving else { return try await agent.held(of: call.domain) }
                return try await agent.held(of: call.domain, leaving: source)
            }
        case HostBackupCall.method:
            return try await answering.here(HostBackupCall.self) { (call) throws(Refusal) in
                try await coordinator.backups.answer(call, known: board.epoch, answering.progress)
            }
        case HostCopyCall.method:
            return try await answering.here(HostCopyCall.self) { (call) throws(Refusal) in
                try await coordinator.copies.answer(call, known: board.epoch, answering.progress)
            }
        case HelloCall.method:
            throw Refusal(.invalidRequest, "session.hello comes once, as the first request")
        default: return try await routeQuestion(answering)
        }
    }
}
