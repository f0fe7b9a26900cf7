import AdminClient
import AdminProtocol
import ClusterModel
import ClientHarness
import Glibc
import ServerHarness
import Testing

/// Requests on a connection that stands.
@Suite struct ConnectionTests {
    private let certificates: TestCertificates

    init() throws { certificates = try TestCertificates(host: "east1", address: "127.0.0.1") }

    /// A manager that says welcome, and then answers request 2 with `answer`.
    private func manager(_ answer: ScriptedManager.Answer) throws -> ScriptedManager {
        try ScriptedManager(.init(certificates)) { _, number in
            number == 1 ? .lines([Wire.welcome()]) : answer
        }
    }

    private func refusal<Call: AdminCall>(
        _ call: Call, _ answer: ScriptedManager.Answer, _ patience: Patience = Patience()
    ) throws -> Refusal {
        let manager = try manager(answer)
        let connection = try certificates.connect(manager.port, patience: patience)
        return try #require(throws: Refusal.self) { try connection.send(call) { _ in } }
    }

    @Test func `the hello is answered, steps come in order, the outcome last`() throws {
        let manager = try manager(
            .lines([
                Wire.progress(id: 2, "one"), Wire.progress(id: 7, "of another"),
                Wire.outcome(id: 7, "of another"),
                #"{"jsonrpc":"2.0","method":"news","params":{}}"#, Wire.progress(id: 2, "two"),
                Wire.outcome(id: 2, "done"),
            ]))
        let connection = try certificates.connect(manager.port)
        #expect(connection.welcome.site.description == "east")
        #expect(connection.isOpen)
        var steps: [String] = []
        let outcome = try connection.send(SwitchCall(target: nil)) { steps.append($0) }
        #expect(steps == ["one", "two"])
        #expect(outcome.lines == ["done"])
    }

    @Test func `a refusal arrives with its code, sentence and hint`() throws {
        let refused = try refusal(SwitchCall(target: nil), .lines([Wire.refusal(id: 2)]))
        #expect(refused == Refusal(.alreadyPrimary, "it is", hint: "so"))
    }

    @Test func `work of hours is waited for, unless somebody has chosen a limit`() throws {
        let east1 = try #require(HostName("east1"))
        let usual = Patience(followsWork: true)
        #expect(usual.limit(for: BackupCall(name: east1)) == DataCopy.longest * 1000)
        #expect(usual.limit(for: DrainCall(name: east1, seconds: 3600)) > 3_600_000)
        #expect(usual.limit(for: SwitchCall(target: nil)) == 600_000)
        #expect(usual.limit(for: StatusCall()) == 15_000)
        #expect(Patience(changing: 5000).limit(for: BackupCall(name: east1)) == 5000)
    }

    @Test func `a silent manager is out of time, and a change is said to go on`() throws {
        let short = Patience(connect: 5000, reading: 50, changing: 50)
        let reading = try refusal(StatusCall(), .silence, short)
        #expect(reading.code == .timedOut)
        #expect(!reading.message.contains("goes on"))
        let changing = try refusal(RecoverCall(), .silence, short)
        #expect(changing.code == .timedOut)
        #expect(changing.message.contains("the operation goes on there"))
    }

    @Test func `a broken connection leaves the outcome of a change unknown`() throws {
        #expect(try refusal(StatusCall(), .close).code == .noManager)
        let changing = try refusal(RecoverCall(), .close)
        #expect(changing.code == .outcomeUnknown)
        #expect(changing.hint == "type 'ls' to see how things stand")
    }

    @Test func `lines that are no protocol are refused`() throws {
        #expect(try refusal(StatusCall(), .lines(["nonsense"])).code == .parseError)
        #expect(try refusal(StatusCall(), .lines([Wire.outcome(id: 2, "x")])).code == .parseError)
        let endless = String(repeating: "x", count: ProtocolLimits.replyBytes + 100_000)
        #expect(try refusal(StatusCall(), .lines([endless])).code == .parseError)
    }

    @Test func `a wait can be broken off`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let interrupt = Interrupt(descriptors: [ends[0]]) { true }
        let manager = try manager(.silence)
        let connection = try certificates.connect(manager.port, interrupt: interrupt)
        _ = write(ends[1], "x", 1)
        let refused = try #require(throws: Refusal.self) { try connection.send(RecoverCall()) { _ in } }
        #expect(refused.code == .outcomeUnknown)
        #expect(refused.message.contains("stopped waiting; the operation goes on"))
    }

    @Test func `a connection that the manager has closed is known before the next request`() throws {
        let manager = try manager(.close)
        let connection = try certificates.connect(manager.port)
        _ = try? connection.send(StatusCall()) { _ in }
        #expect(!connection.isOpen)
    }
}
