import AdminProtocol
import ClusterTestKit
import Testing

@Suite struct FrameCodecTests {
    @Test(arguments: SampleCall.all)
    func `every call comes back as it was`(call: SampleCall) throws {
        let (sent, again) = try call.roundTrip(41)
        #expect(sent == again)
        #expect(!sent.contains(10))
        let request = try FrameCodec.readRequest(sent)
        #expect(request.id == 41 && request.method == call.method)
    }

    @Test(arguments: SampleCall.all)
    func `every reply comes back as it was`(call: SampleCall) throws {
        let (sent, again) = try call.replyRoundTrip(-7)
        #expect(sent == again)
        #expect(!sent.contains(10))
    }

    @Test func `every call has a method of its own`() {
        var seen: [String: Int] = [:]
        for call in SampleCall.all
        where ![
            AgentCall.method, PlanCall.method, HostBackupCall.method, HostCopyCall.method, WhyCall.method,
        ].contains(call.method) {
            seen[call.method, default: 0] += 1
        }
        #expect(seen.values.allSatisfy { $0 == 1 }, "\(seen)")
        #expect(seen.count == 30)
    }

    @Test func `what changes something needs more than an observer`() {
        let observers = SampleCall.all.filter { $0.access == .observer }.map(\.method)
        #expect(
            Set(observers) == [
                "session.hello", "site.status", "site.members", "site.ping", "cluster.validate",
                "site.topology",
                "site.neighbour", "site.why", "history.list", "history.show", "site.plan",
                "datasource.connections", "datasource.backups", "datasource.tails", "site.events",
                "session.cancel",
            ])
        let managers = Set(SampleCall.all.filter { $0.access == .manager }.map(\.method))
        #expect(managers == ["agent.act", "agent.held", "agent.position", "agent.backup", "agent.copy"])
        #expect(AccessRole.manager.includes(.operator) && AccessRole.manager.includes(.manager))
        #expect(AccessRole.operator.includes(.observer) && !AccessRole.operator.includes(.manager))
        #expect(!AccessRole.observer.includes(.operator) && AccessRole.observer.includes(.observer))
    }

    @Test(arguments: ReplyCode.allCases)
    func `a refusal keeps its code, its sentence and its hint`(code: ReplyCode) throws {
        for hint in [nil, "ls"] {
            let refusal = Refusal(code, "it is \"so\"\n", hint: hint)
            let line = FrameCodec.refusal(refusal, id: 3)
            #expect(!line.contains(10))
            guard case .refusal(let id, let read) = try FrameCodec.readReply(line) else {
                Issue.record("not a refusal: \(String(decoding: line, as: UTF8.self))")
                return
            }
            #expect(id == 3 && read == refusal)
        }
    }

    @Test func `a refusal without a request's id says so with null`() throws {
        let line = FrameCodec.refusal(Refusal(.parseError, "no"), id: nil)
        #expect(String(decoding: line, as: UTF8.self).contains(#""id":null"#))
        guard case .refusal(nil, let refusal) = try FrameCodec.readReply(line) else {
            Issue.record("not a refusal without an id")
            return
        }
        #expect(refusal.code == .parseError)
    }

    @Test func `progress carries the id of its request`() throws {
        let line = try FrameCodec.progress(Progress(request: 5, line: "SELECTED SLAVE: east2"))
        guard case .progress(let progress) = try FrameCodec.readReply(line) else {
            Issue.record("no progress")
            return
        }
        #expect(progress == Progress(request: 5, line: "SELECTED SLAVE: east2"))
    }

    @Test func `a notification that is not known is told apart`() throws {
        guard
            case .other("news") = try FrameCodec.readReply(Array(#"{"jsonrpc":"2.0","method":"news"}"#.utf8))
        else {
            Issue.record("not told apart")
            return
        }
    }

    @Test(arguments: [
        ("", ReplyCode.parseError), ("{", .parseError), ("x", .parseError), ("\0", .parseError),
        ("[]", .invalidRequest), ("7", .invalidRequest), ("{}", .invalidRequest), ("null", .invalidRequest),
        (#"{"jsonrpc":"1.0","id":1,"method":"site.status"}"#, .invalidRequest),
        (#"{"jsonrpc":"2.0","method":"site.status"}"#, .invalidRequest),
        (#"{"jsonrpc":"2.0","id":"1","method":"site.status"}"#, .invalidRequest),
        // The JSON library does not tell a number that fits no id from a line that is no JSON.
        (#"{"jsonrpc":"2.0","id":1.5,"method":"site.status"}"#, .parseError),
        (#"{"jsonrpc":"2.0","id":1,"method":7}"#, .invalidRequest),
    ])
    func `a line that is no request is refused with its reason`(text: String, code: ReplyCode) {
        let failure = #expect(throws: FrameCodec.ParseFailure.self) {
            try FrameCodec.readRequest(Array(text.utf8))
        }
        #expect(failure?.refusal.code == code, "\(text): \(failure?.refusal.message ?? "")")
    }

    @Test(arguments: [
        (#"{"jsonrpc":"2.0","id":1,"method":"site.switch"}"#, "params"),
        (#"{"jsonrpc":"2.0","id":1,"method":"site.switch","params":{}}"#, "force"),
        (#"{"jsonrpc":"2.0","id":1,"method":"site.switch","params":{"force":1}}"#, "force"),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"site.switch","params":{"force":false,"target":"a b"}}"#,
            "target"
        ),
    ])
    func `parameters that are not right are named`(text: String, name: String) throws {
        let request = try FrameCodec.readRequest(Array(text.utf8))
        let refusal = #expect(throws: Refusal.self) { try request.parameters(as: SwitchCall.self) }
        #expect(refusal?.code == .invalidParameters)
        #expect(refusal?.message.contains("'") == true && refusal?.message.contains(name) == true)
    }
}
