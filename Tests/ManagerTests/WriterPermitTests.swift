import Testing

@testable import Manager

@Suite struct WriterPermitTests {
    @Test func `a renewed permit gives the rest of the lease to close the server`() {
        let permit = WriterPermit(leaseSeconds: 100)
        permit.renew(asked: .now - .seconds(40))
        permit.grant()
        #expect(permit.isValid)
        #expect(permit.timeLeft > .seconds(40) && permit.timeLeft <= .seconds(50))
    }

    @Test func `who was frozen for longer than the lease has a tenth of it, whatever new lease there is`() {
        let permit = WriterPermit(leaseSeconds: 100)
        permit.renew(asked: .now - .seconds(200))
        permit.grant()
        permit.end()
        permit.renew(asked: .now)
        #expect(!permit.isValid)
        #expect(permit.timeLeft == .seconds(10))
    }
}
