import AdminProtocol
import ClusterModel
import Manager
import Synchronization

/// The network between the managers of a test: requests and replies go through the real frames.
package final class FakeNetwork: Sendable {
    private struct State {
        var services: [HostName: any AdminService] = [:]
        var unreachable: Set<HostName> = []
        /// What fencing from outside finds, where a test says so.
        var fences: [HostName: FenceResult] = [:]
    }

    private let state = Mutex(State())
    let servers: FakeServers
    let diary: Diary

    package init(_ servers: FakeServers, _ diary: Diary) {
        self.servers = servers
        self.diary = diary
    }

    package func connect(_ host: HostName, _ service: any AdminService) {
        state.withLock { $0.services[host] = service }
    }

    /// Takes a host's manager away from all others, or gives it back.
    package func cut(_ host: HostName, _ isCut: Bool = true) {
        state.withLock { state in
            if isCut { state.unreachable.insert(host) } else { state.unreachable.remove(host) }
        }
    }

    package func fencing(_ host: HostName, finds result: FenceResult?) {
        state.withLock { $0.fences[host] = result }
    }

    func service(_ host: HostName, from caller: HostName) -> (any AdminService)? {
        state.withLock { state in
            guard state.unreachable.isDisjoint(with: [host, caller]) else { return nil }
            return state.services[host]
        }
    }

    func fence(_ host: HostName) -> FenceResult {
        if let result = state.withLock({ $0.fences[host] }) { return result }
        guard let server = servers[host], server.isRunning else { return .dead }
        guard !server.hangs else { return .unknown("no answer") }
        do {
            try servers.change(host) { $0.readOnly = true }
            return .fenced
        } catch {
            return .unknown(error.message)
        }
    }
}

/// The network as one host sees it.
package struct FakePeers: Peers {
    let host: HostName
    let network: FakeNetwork

    package init(_ host: HostName, _ network: FakeNetwork) {
        self.host = host
        self.network = network
    }

    package func call<Call: AdminCall>(
        _ call: Call, on target: HostName, for caller: String?, deadline: Duration,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Call.Reply {
        guard let action = call as? AgentCall else {
            return try await send(call, to: target, caller, progress)
        }
        let word = "\(action.action)".prefix { $0 != "(" }
        return try await network.diary.perform("act \(word)", on: target) { () async throws(Refusal) in
            try await send(call, to: target, caller, progress)
        }
    }

    private func send<Call: AdminCall>(
        _ call: Call, to target: HostName, _ original: String?,
        _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Call.Reply {
        guard let service = network.service(target, from: host) else {
            throw Refusal(.hostUnreachable, "the manager of '\(target)' does not answer")
        }
        let caller = Caller(name: host.description, role: .manager, address: "127.0.0.1:1")
        return try await ask(service, call, as: caller, for: original, progress)
    }

    package func ping(_ target: HostName) async -> Double? {
        network.service(target, from: host) == nil ? nil : 0.1
    }

    package func look(at target: HostName) async -> HostSight {
        let answers = network.service(target, from: host) != nil
        let server = network.servers[target]
        let state: ComponentState =
            server?.isRunning != true ? .stopped : server?.hangs == true ? .timeout : .online
        return HostSight(server: state, manager: answers ? .online : .timeout)
    }

    package func fence(_ target: HostName) async -> FenceResult { network.fence(target) }
    package func address(of host: HostName) -> String { "address-of-\(host)" }
    package func managerPort() -> Int { 10_000 }
}

/// Sends one request to a manager in its wire form, and reads the reply.
package func ask<Call: AdminCall>(
    _ service: any AdminService, _ call: Call, as caller: Caller, for original: String? = nil,
    _ progress: @escaping @Sendable (String) -> Void
) async throws(Refusal) -> Call.Reply {
    let sent = try FrameCodec.request(call, id: 1, caller: original)
    let request: FrameCodec.Request
    do throws(FrameCodec.ParseFailure) {
        request = try FrameCodec.readRequest(sent)
    } catch {
        throw error.refusal
    }
    let line = await service.answer(request, from: caller, progress: progress)
    switch try FrameCodec.readReply(line) {
    case .result(_, let line): return try FrameCodec.result(of: Call.Reply.self, in: line)
    case .refusal(_, let refusal): throw refusal
    case .progress, .other: throw Refusal(.parseError, "a manager answered with a notification")
    }
}

/// A host's service commands: they start and stop the fakes.
package struct FakeServices: ServiceRunner {
    let host: HostName
    let servers: FakeServers
    let router: FakeRouter
    let diary: Diary

    package init(_ host: HostName, _ servers: FakeServers, _ router: FakeRouter, _ diary: Diary) {
        self.host = host
        self.servers = servers
        self.router = router
        self.diary = diary
    }

    package var components: [String] { ["mysql", "router"] }

    package func run(_ component: String, _ verb: RunServiceCall.Verb) async throws(Refusal) -> [String] {
        try await diary.perform("service \(component) \(verb.rawValue)", on: host) {
            () async throws(Refusal) in
            switch (component, verb) {
            case ("mysql", .start): try servers.change(host) { $0.start() }
            case ("mysql", .stop): try servers.change(host) { $0.stop() }
            case ("mysql", .restart):
                try servers.change(host) {
                    $0.stop()
                    $0.start()
                }
            case ("router", .start), ("router", .restart): router.change { $0.isRunning = true }
            case ("router", .stop): router.change { $0.isRunning = false }
            default: break
            }
            return []
        }
    }
}
