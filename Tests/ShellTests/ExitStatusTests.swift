import AdminProtocol
import Shell
import Testing

/// The statuses that the manual page lists are those that there are.
@Suite struct ExitStatusTests {
    @Test func `every status has its meaning, and every reply code one of them`() {
        #expect(ExitStatus.all.map(\.status) == Array(0...8))
        #expect(ExitStatus.all.allSatisfy { $0.meaning.hasSuffix(".") })
        #expect(Set(ReplyCode.allCases.map(\.exitStatus)) == Set(1...8))
    }

    @Test(
        arguments: [
            ("ls", nil, 0), ("switch", .serverError, 1), ("swich", nil, 2), ("failover", nil, 3),
            ("switch", .followUpNeeded, 4), ("switch", .outcomeUnknown, 5), ("switch", .timedOut, 6),
            ("ls", .noManager, 7), ("ls", .noQuorum, 7), ("switch", .notPermitted, 8),
            ("ls", .badCertificate, 8),
        ] as [(String, ReplyCode?, Int32)])
    func `a script ends with the status of its failure`(line: String, code: ReplyCode?, status: Int32) throws
    {
        let stage = try Stage()
        stage.east.refusal = code.map { Refusal($0, "it is not possible") }
        #expect(stage.script(line) == status)
        #expect(stage.script("\(line) --json") == (line == "swich" ? 2 : status))
    }

    @Test func `without a terminal nothing is ever asked`() throws {
        let stage = try Stage()
        stage.screen.answers = ["y"]
        for line in ["failover", "datasource east1 fail", "cluster offline", "recover master using east2"] {
            #expect(stage.script(line) == 3)
        }
        #expect(stage.screen.answers == ["y"])
        #expect(stage.east.calls.isEmpty)
        #expect(stage.script("failover --yes; datasource east1 fail --yes") == 0)
    }
}
