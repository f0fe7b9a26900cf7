import Testing

@testable import ManagerIO

@Suite struct RepeatedComplaintsTests {
    @Test func `the same is said once a minute, something else at once`() {
        let complaints = RepeatedComplaints()
        let start = ContinuousClock.now
        #expect(complaints.isNew("10.0.0.1: expired", at: start))
        #expect(!complaints.isNew("10.0.0.1: expired", at: start + .seconds(59)))
        #expect(complaints.isNew("10.0.0.2: expired", at: start + .seconds(59)))
        #expect(complaints.isNew("10.0.0.1: expired", at: start + .seconds(60)))
        #expect(!complaints.isNew("10.0.0.1: expired", at: start + .seconds(61)))
    }

    @Test func `what comes from everywhere is forgotten, not kept`() {
        let complaints = RepeatedComplaints()
        let start = ContinuousClock.now
        for number in 0..<1000 { #expect(complaints.isNew("10.0.0.\(number): expired", at: start)) }
    }
}
