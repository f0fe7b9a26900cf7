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
    static let all: [SampleCall] = reading + answers + changing + planned + agent

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
                Neighbour(
                    site: "east", primary: host, quorum: true, executed: [host: "1-11-4,2-21-5"],
                    changing: false)),
            SampleCall(PositionCall(), "1-11-4536"),
            SampleCall(HeldCall(domain: 1, leaving: host), "1-11-4536"),
        ]
    }()

    private static let answers: [SampleCall] = {
        let entry = OperationRecord(
            id: "7-1", command: "switch", by: "anna", coordinator: host, startedAt: WallTime(milliseconds: 1),
            endedAt: nil, result: .running, lines: ["a"],
            steps: [StepTime(step: "freeze", milliseconds: 1.5)])
        let rule = RuleAnswer(rule: "policy", text: "a", holds: false, seen: "b", since: nil)
        let session = ClientSession(
            id: 1, user: "app", host: "10.0.0.1:5", database: "", command: "Sleep", seconds: 0.5,
            statement: "")
        return [
            SampleCall(
                WhyCall(topic: .target, name: host),
                Explanation(conclusion: "so", parts: [ExplanationPart(title: "t", rules: [rule])], hint: "ls")
            ),
            SampleCall(WhyCall(topic: .failover, name: nil), Explanation(conclusion: "so", parts: [])),
            SampleCall(HistoryCall(limit: 5), [entry]),
            SampleCall(HistoryEntryCall(id: "7-1"), entry),
            SampleCall(
                ConnectionsCall(name: host, list: true),
                Connections(
                    name: host, total: 2, routers: [RouterSessions(router: host, active: 1)], direct: 1,
                    sessions: [session])),
            SampleCall(BackupsCall(name: host, directory: "/b"), [backup]),
            SampleCall(TailsCall(name: host), [tail]),
            SampleCall(EventsCall(seconds: 3), outcome),
            SampleCall(CancelCall(request: 4), Cancelled(cancelled: true)),
        ]
    }()

    private static let backup = BackupInfo(
        name: "b", directory: "/b", site: "east", host: host, startedAt: WallTime(milliseconds: 1),
        endedAt: WallTime(milliseconds: 2), bytes: 3, position: "1-11-4", version: "10.11",
        dataDirectory: "/d")

    private static let tail = SavedTail(
        host: host, savedAt: WallTime(milliseconds: 3), transactions: 2,
        first: GTID(domain: 1, server: 11, sequence: 5), last: GTID(domain: 1, server: 11, sequence: 6),
        readable: "/t.sql", binaryLog: "/t.binlog", bytes: 7)

    private static let planned: [SampleCall] = {
        let calls: [any AdminCall] = [
            SetPolicyCall(policy: .manual), ChangeDataSourceCall(name: host, verb: .shun),
            ChangeReplicatorCall(name: host, wanted: .online), ChangeRouterCall(host: nil, wanted: .offline),
            RunServiceCall(host: nil, component: "mysql", verb: .stop), SwitchCall(target: nil),
            FailoverCall(target: host), RecoverCall(), HeartbeatCall(), DrainCall(name: host, seconds: 5),
            BackupCall(name: host), RestoreCall(name: host, backup: "b"),
            ReprovisionCall(name: host, source: "east2"),
        ]
        let report = PlanReport(
            command: "switch", steps: ["a"],
            records: [PlannedRecord(key: "primary", before: "a", after: "b")],
            notes: [],
            forecast: SwitchForecast(
                from: host, to: "east2", stored: 4, applied: 3, missing: 1, latency: -1, sessions: [],
                blockers: ["x"], gap: nil, runs: 0))
        return calls.compactMap { PlannedChange($0) }.map { SampleCall(PlanCall($0), report) }
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
        SampleCall(AbortCall(), outcome),
        SampleCall(HeartbeatCall(), outcome),
        SampleCall(DrainCall(name: host, seconds: 10), outcome),
        SampleCall(BackupCall(name: host, directory: "/b"), outcome),
        SampleCall(RestoreCall(name: host), outcome),
        SampleCall(ReprovisionCall(name: host, force: true), outcome),
    ]

    private static let agent: [SampleCall] = {
        let event = EventName(schema: "app", name: "purge old")
        let goal = RouterGoal(accepts: .online, write: nil, read: [host])
        let actions: [HostAction] = [
            .report, .stopLinks, .startLinks, .stopReceiving, .awaitPosition("1-1-1", milliseconds: 5),
            .freeze(limit: 1, milliseconds: 2), .thaw, .close, .open(jump: true),
            .fetch(host, address: "a", position: "1-1-1", milliseconds: 3), .settle(.fenced),
            .settle(.primary(services: ["west": .offline])), .settle(.replica(of: host, link: .offline)),
            .hold(milliseconds: 4), .release, .drain(host, next: "east2", own: 1, milliseconds: 5),
            .route(goal),
            .leave(host), .prepareFreeze, .beginLogFile(beyond: 8),
            .service("mysql", .start), .heartbeat, .blockers, .sessions, .cutSessions(host),
            .endWaiting, .events, .logged, .turnAway(goal, milliseconds: 5), .admit(goal),
            .setEvents([EventChange(event, runs: true)]),
            .settle(.primary(services: [:], events: [event])),
        ]
        let reply = AgentReply(
            report: .of(host, .primary()), position: "1-1-1", count: 3, lines: ["done"])
        let backups: [HostBackupCall.Action] = [
            .make(directory: nil), .list(directory: "/b"), .find(backup: nil), .unpack(backup: "b"),
            .swap(backup: "b"), .discard(backup: "b"),
        ]
        let copies: [HostCopyCall.Action] = [
            .measure, .send(token: "a-b"), .receive(from: host, address: "a", bytes: 3), .exchange(copy: "1"),
            .discard(copy: "1"), .mend, .history, .tail(domain: 1, after: tail.first, save: true),
            .tail(domain: 1, after: nil, save: false), .tails,
        ]
        var copied = HostCopyReply(lines: ["a"])
        copied.history = "1-11-4,1-12-5"
        copied.gtids = [tail.first]
        copied.tails = [tail]
        return copies.map { SampleCall(HostCopyCall(epoch: 4, action: $0), copied) }
            + backups.map {
                SampleCall(
                    HostBackupCall(epoch: 4, action: $0), HostBackupReply(backups: [backup], lines: ["a"]))
            } + actions.map { SampleCall(AgentCall(epoch: .max, operation: "7-1", action: $0), reply) }
    }()
}
