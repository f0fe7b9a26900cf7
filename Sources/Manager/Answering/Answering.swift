import AdminProtocol
import ClusterModel
import Planning
import Synchronization

/// One request on its way to an answer.
struct Answering: Sendable {
    let service: ManagerService
    let request: FrameCodec.Request
    let caller: Caller
    let progress: @Sendable (String) -> Void
    /// Whether the caller has been told anything yet: before that, a request can be begun anew.
    private let hasBegun: Begun

    init(
        service: ManagerService, request: FrameCodec.Request, caller: Caller,
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.service = service
        self.request = request
        self.caller = caller
        let hasBegun = Begun()
        self.hasBegun = hasBegun
        self.progress = { line in
            hasBegun.note()
            progress(line)
        }
    }

    /// Who asked first: the journal's author, also where another manager passes the request on.
    var author: String { request.caller ?? caller.name }

    /// Answers from this manager's own knowledge.
    func here<Call: AdminCall>(
        _ type: Call.Type, _ body: (Call) async throws(Refusal) -> Call.Reply
    ) async throws(Refusal) -> [UInt8] {
        let call = try permitted(type)
        return try FrameCodec.result(try await body(call), id: request.id)
    }

    /// Lets the coordinator do it: here, or over there with the same request.
    ///
    /// A coordinator that died is replaced within its lease's time: the request waits for the next one.
    func byCoordinator<Call: AdminCall>(
        _ type: Call.Type,
        _ body: (Call, Coordinator) async throws(Refusal) -> Call.Reply
    ) async throws(Refusal) -> [UInt8] {
        let call = try permitted(type)
        let deadline = ContinuousClock.now + .seconds(service.membership.leaseSeconds + 3)
        while true {
            do throws(Refusal) {
                return try FrameCodec.result(try await once(call, body), id: request.id)
            } catch  where error.code == .noCoordinator && caller.role != .manager && !hasBegun.value {
                guard ContinuousClock.now < deadline, !Task.isCancelled else { throw error }
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private func once<Call: AdminCall>(
        _ call: Call, _ body: (Call, Coordinator) async throws(Refusal) -> Call.Reply
    ) async throws(Refusal) -> Call.Reply {
        let board = service.board
        guard board.hasQuorum else {
            throw Refusal(
                .noQuorum,
                "the manager of '\(board.host)' has not reached a majority of \(board.shape.name)'s etcd for"
                    + " \(Int(board.age)) s; nothing was changed",
                hint: "cluster validate, or ask another host: cctrl -host <host>")
        }
        guard let coordinator = board.snapshot.coordinator else { throw noCoordinator }
        if coordinator == board.host { return try await body(call, service.coordinator) }
        // A manager passes on only what came from outside: two that take each other for the coordinator would
        // pass a request on for ever.
        guard caller.role != .manager else {
            throw Refusal(
                .noCoordinator, "'\(board.host)' is not the coordinator; nothing was changed", hint: "ls")
        }
        do throws(Refusal) {
            let reply = try await service.peers.call(
                call, on: coordinator, for: author, deadline: .seconds(call.longest ?? Self.patience),
                progress: progress)
            if let entry = (reply as? Outcome)?.operation { await seeEnd(of: entry) }
            return reply
        } catch  where error.code == .hostUnreachable && !hasBegun.value {
            // Either the coordinator says so of another host, or its own manager is gone.
            guard await answers(coordinator) else { throw noCoordinator }
            throw error
        }
    }

    /// How long a coordinator elsewhere may take, in seconds, where the request does not say.
    private static let patience = 150

    /// Waits a moment until this manager has seen the end too, so that the next question to it is answered right.
    private func seeEnd(of entry: String) async {
        let deadline = ContinuousClock.now + .seconds(1)
        while service.board.journal[entry]?.endedAt == nil, ContinuousClock.now < deadline, !Task.isCancelled
        {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func answers(_ host: HostName) async -> Bool {
        do throws(Refusal) {
            _ = try await service.peers.call(NeighbourCall(), on: host, deadline: .seconds(1))
            return true
        } catch {
            return false
        }
    }

    private var noCoordinator: Refusal {
        Refusal(
            .noCoordinator,
            "\(service.board.shape.name) has no coordinator at the moment; nothing was changed",
            hint: "the same command again in a few seconds")
    }

    private func permitted<Call: AdminCall>(_ type: Call.Type) throws(Refusal) -> Call {
        guard caller.role.includes(Call.access) else {
            throw Refusal(
                .notPermitted,
                "'\(caller.name)' has the role \(caller.role.rawValue), and \(Call.method) needs"
                    + " \(Call.access.rawValue); nothing was changed",
                hint: "use a certificate with that role")
        }
        guard request.caller == nil || caller.role == .manager else {
            throw Refusal(
                .notPermitted,
                "'\(caller.name)' is no manager and cannot ask for somebody else; nothing was changed",
                hint: "leave 'caller' out of the request")
        }
        return try request.parameters(as: type)
    }
}

/// Remembers that something has happened.
private final class Begun: Sendable {
    private let state = Mutex(false)

    var value: Bool { state.withLock { $0 } }

    func note() { state.withLock { $0 = true } }
}
