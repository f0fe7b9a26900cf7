import AdminProtocol
import Testing

@Suite struct ReplyCodeTests {
    @Test func `the thousands are the exit status, but for those of the protocol itself`() {
        for code in ReplyCode.allCases {
            let thousands = code.rawValue / 1000
            #expect(code.exitStatus == (thousands == 9 ? 1 : Int32(thousands)), "\(code)")
            #expect((1...8).contains(code.exitStatus), "\(code)")
        }
        #expect(ReplyCode.failed.exitStatus == 1)
        #expect(ReplyCode.noSuchDataSource.exitStatus == 2)
        #expect(ReplyCode.blockedBySession.exitStatus == 3)
        #expect(ReplyCode.followUpNeeded.exitStatus == 4)
        #expect(ReplyCode.outcomeUnknown.exitStatus == 5)
        #expect(ReplyCode.timedOut.exitStatus == 6)
        #expect(ReplyCode.noQuorum.exitStatus == 7)
        #expect(ReplyCode.notPermitted.exitStatus == 8)
        #expect(ReplyCode.parseError.exitStatus == 1)
    }

    @Test func `every number on the wire means one code`() {
        let numbers = ReplyCode.allCases.map(\.wireCode)
        #expect(Set(numbers).count == numbers.count)
        for code in ReplyCode.allCases { #expect(ReplyCode(wireCode: code.wireCode) == code) }
    }

    @Test(arguments: [0, -1, -32_000, 4_242, .max, .min])
    func `a number of a later version is a failure`(number: Int) {
        #expect(ReplyCode(wireCode: number) == .failed)
    }

    @Test func `JSON-RPC's own numbers stand for what it means by them`() {
        #expect(ReplyCode.parseError.wireCode == -32_700)
        #expect(ReplyCode.invalidRequest.wireCode == -32_600)
        #expect(ReplyCode.unknownMethod.wireCode == -32_601)
        #expect(ReplyCode.invalidParameters.wireCode == -32_602)
        #expect(ReplyCode.internalError.wireCode == -32_603)
    }

    @Test func `an unknown code in an answer is told by its number on the wire`() throws {
        let line = #"{"jsonrpc":"2.0","id":1,"error":{"code":3005,"message":"no","data":{"reply":4242}}}"#
        guard case .refusal(1, let refusal) = try FrameCodec.readReply(Array(line.utf8)) else {
            Issue.record("no refusal")
            return
        }
        #expect(refusal.code == .primaryStillServes && refusal.message == "no" && refusal.hint == nil)
    }
}
