import AdminProtocol
import ServerHarness
import Testing

struct DocumentationTests {
    /// A file of the package, found from this one.
    private func document(_ name: String) throws -> String {
        let here = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false)
        return try readFile((here.dropLast(3) + ["docs", Substring(name)]).joined(separator: "/"))
    }

    @Test func `the page of reply codes lists every code once, with its name and exit status`() throws {
        let rows = try document("reply-codes.md").split(separator: "\n").compactMap { line -> String? in
            let cells = line.split(separator: "|").map { $0.drop { $0 == " " }.reversed().drop { $0 == " " } }
            let texts = cells.map { String($0.reversed()) }
            guard texts.count == 4, Int(texts[0]) != nil else { return nil }
            return texts[..<3].joined(separator: " ")
        }
        let expected = ReplyCode.allCases.sorted { $0.rawValue < $1.rawValue }
        #expect(rows == expected.map { "\($0.rawValue) `\($0)` \($0.exitStatus)" })
    }

    @Test func `the page of the protocol names every method and the bounds`() throws {
        let page = try document("protocol.md")
        let calls: [any AdminCall.Type] = [
            HelloCall.self, StatusCall.self, MembersCall.self, PingCall.self, ValidateCall.self,
            TopologyCall.self,
            SetPolicyCall.self, ChangeDataSourceCall.self, ChangeReplicatorCall.self, ChangeRouterCall.self,
            RunServiceCall.self, SwitchCall.self, FailoverCall.self, RecoverCall.self, HeartbeatCall.self,
            AgentCall.self, NeighbourCall.self, PositionCall.self, WhyCall.self, HistoryCall.self,
            HistoryEntryCall.self, PlanCall.self, ConnectionsCall.self, DrainCall.self, BackupCall.self,
            RestoreCall.self, BackupsCall.self, HostBackupCall.self, EventsCall.self, CancelCall.self,
            HeldCall.self, AbortCall.self, HostCopyCall.self, ReprovisionCall.self, TailsCall.self,
        ]
        for call in calls { #expect(page.contains(call.method), "\(call.method)") }
        #expect(page.contains("| running requests of a session | \(ProtocolLimits.concurrentRequests) |"))
        #expect(page.contains("`\(ProtocolLimits.alpn)`"))
        #expect(page.contains("`\(ProtocolLimits.dataALPN)`"))
    }
}
