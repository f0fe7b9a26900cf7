import AdminProtocol
import ClusterModel
import ClusterTestKit
import Planning

/// One call with its reply, without its types: what tests do with every one of them.
struct SampleCall: Sendable, CustomStringConvertible {
    var method: String
    var access: AccessRole
    /// Encodes the call, reads it back, and encodes it again.
    var roundTrip: @Sendable (Int) throws -> (sent: [UInt8], again: [UInt8])
    /// The same for a reply.
    var replyRoundTrip: @Sendable (Int) throws -> (sent: [UInt8], again: [UInt8])
    /// Reads any bytes as this call's parameters.
    var read: @Sendable (FrameCodec.Request) throws -> Void

    var description: String { method }

    init<Call: AdminCall>(_ call: Call, _ reply: Call.Reply) {
        method = Call.method
        access = Call.access
        roundTrip = { id in
            let sent = try FrameCodec.request(call, id: id)
            let request = try FrameCodec.readRequest(sent)
            return (sent, try FrameCodec.request(try request.parameters(as: Call.self), id: request.id))
        }
        replyRoundTrip = { id in
            let sent = try FrameCodec.result(reply, id: id)
            guard case .result(let read, let line) = try FrameCodec.readReply(sent) else { return (sent, []) }
            return (
                sent, try FrameCodec.result(try FrameCodec.result(of: Call.Reply.self, in: line), id: read)
            )
        }
        read = { _ = try $0.parameters(as: Call.self) }
    }

    /// Every call of the protocol, some of them in several forms.
    static let all: [SampleCall] = reading + changing + agent

    private static let host: HostName = "east1"
    private static let outcome = Outcome(
        lines: ["a \"line\"", "ß/\\\u{1}"], complete: false, operation: "7-1")

    private static let reading: [SampleCall] = {
        let site = SiteSnapshot.healthy(receives: ["west"])
        let status = site.status(answeredBy: "east1", quorum: true, age: 0.25, includingReports: true)
        let service = ServiceStatus(
            name: "west", carrier: host, source: "west1", state: .online, wanted: .online, progress: 7,
            tls: true,
            error: "")
        let welcome = Welcome(
            product: "cctrl", version: "0.1.0", build: 1, protocolVersion: 1, site: "east", host: host,
            role: .observer, sites: ["east": ["east1"], "west": []])
        return [
            SampleCall(HelloCall(client: "a test", versions: [1, 2]), welcome),
            SampleCall(StatusCall(reports: true), status),
            SampleCall(MembersCall(), [Member(host: host, address: "127.0.0.1", port: 1, online: true)]),
            SampleCall(
                PingCall(host: nil),
                [PingResult(host: host, address: "127.0.0.1", reachable: false, milliseconds: nil)]),
            SampleCall(ValidateCall(), outcome),
            SampleCall(
                TopologyCall(),
                Topology(name: "clustered", site: "east", primary: nil, hosts: [host], services: [service])),
            SampleCall(
                NeighbourCall(),
                Neighbour(site: "east", primary: host, quorum: true, executed: [host: "1-11-4,2-21-5"])),
            SampleCall(PositionCall(), "1-11-4536"),
            SampleCall(HeldCall(domain: 1), "1-11-4536"),
        ]
    }()

    private static let changing: [SampleCall] = [
        SampleCall(SetPolicyCall(policy: .maintenance), outcome),
        SampleCall(ChangeDataSourceCall(name: host, verb: .welcome, force: true), outcome),
        SampleCall(ChangeReplicatorCall(name: host, wanted: .offline), outcome),
        SampleCall(ChangeRouterCall(host: nil, wanted: .online), outcome),
        SampleCall(RunServiceCall(host: host, component: "mysql", verb: .restart), outcome),
        SampleCall(SwitchCall(target: host), outcome),
        SampleCall(FailoverCall(target: nil, force: true), outcome),
        SampleCall(RecoverCall(), outcome),
        SampleCall(HeartbeatCall(), outcome),
    ]

    private static let agent: [SampleCall] = {
        let goal = RouterGoal(accepts: .online, write: nil, read: [host])
        let actions: [HostAction] = [
            .report, .stopLinks, .startLinks, .stopReceiving, .awaitPosition("1-1-1", milliseconds: 5),
            .freeze(limit: 1, milliseconds: 2), .thaw, .close, .open(jump: true),
            .fetch(host, address: "a", position: "1-1-1", milliseconds: 3), .settle(.fenced),
            .settle(.primary(services: ["west": .offline])), .settle(.replica(of: host, link: .offline)),
            .hold(milliseconds: 4), .release, .drain(host, milliseconds: 5), .route(goal),
            .service("mysql", .start), .heartbeat, .blockers,
        ]
        let reply = AgentReply(
            report: .of(host, .primary()), position: "1-1-1", count: 3, lines: ["done"])
        return actions.map { SampleCall(AgentCall(epoch: .max, operation: "7-1", action: $0), reply) }
    }()
}
