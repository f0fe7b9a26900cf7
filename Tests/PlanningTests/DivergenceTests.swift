import ClusterModel
import ClusterTestKit
import Planning
import Testing

@Suite struct DivergenceTests {
    private func judge(_ own: String, _ primary: String) throws -> Divergence {
        Divergence(
            of: try #require(GTIDHistory(own)), to: try #require(GTIDHistory(primary)), domain: 1)
    }

    @Test func `a server with the same history is clean`() throws {
        #expect(try judge("1-11-100", "1-11-100") == .clean)
        #expect(try judge("1-11-90,1-12-100", "1-11-90,1-12-100") == .clean)
        #expect(try judge("", "") == .clean)
    }

    @Test func `a server that lacks the newest is behind`() throws {
        #expect(try judge("1-11-100", "1-11-100,1-12-1000101") == .behind(at: GTID("1-11-100")))
        #expect(try judge("", "1-11-5") == .behind(at: nil))
    }

    @Test func `what only the old primary logged is its tail`() throws {
        let tail = Divergence.Tail(
            domain: 1, after: GTID("1-11-100"), ends: [try #require(GTID("1-11-102"))])
        #expect(try judge("1-11-102", "1-11-100,1-12-1000101") == .ahead(tail))
        #expect(tail.contains(try #require(GTID("1-11-101"))))
        #expect(!tail.contains(try #require(GTID("1-11-100"))))
        #expect(!tail.contains(try #require(GTID("2-11-101"))))
    }

    @Test func `a tail is found behind several promotions and their jumps`() throws {
        // The sequence numbers of the present are far beyond those that were lost.
        let primary = "1-11-100,1-12-1000150,1-13-2000160"
        #expect(try judge("1-11-100", primary) == .behind(at: GTID("1-11-100")))
        #expect(try !judge("1-11-102", primary).hasNothingOfItsOwn)
        let second = try judge("1-11-100,1-12-1000151", primary)
        let tail = Divergence.Tail(
            domain: 1, after: GTID("1-12-1000150"), ends: [try #require(GTID("1-12-1000151"))])
        #expect(second == .ahead(tail))
    }

    @Test func `a primary of which nothing survived is judged from the last common transaction`() throws {
        let tail = Divergence.Tail(
            domain: 1, after: GTID("1-11-100"), ends: [try #require(GTID("1-12-1000103"))])
        #expect(try judge("1-11-100,1-12-1000103", "1-11-100,1-13-1000107") == .ahead(tail))
        guard case .ahead(let alone) = try judge("1-14-3", "1-11-100") else {
            Issue.record("not ahead")
            return
        }
        #expect(alone.after == nil)
    }

    @Test func `what another site wrote is no difference`() throws {
        #expect(try judge("1-11-100,2-21-50", "1-11-100,2-21-40") == .clean)
    }

    @Test func `a log that is younger than its data is completed by the others`() throws {
        let young: GTIDHistory = "1-13-1000150"
        let old: GTIDHistory = "1-11-100,1-12-120,1-13-1000140"
        let filled = young.filled(from: old)
        #expect(filled.last(1, by: 11) == 100)
        #expect(filled.last(1, by: 13) == 1_000_150)
        #expect(filled.position.sequence(of: 1) == 1_000_150)
        let own: GTIDHistory = "1-11-100"
        #expect(Divergence(of: own, to: filled, domain: 1).hasNothingOfItsOwn)
    }

    @Test func `a copy's history ends where its data does`() throws {
        let history: GTIDHistory = "1-11-100,1-12-120,2-21-7"
        let position: GTIDPosition = "1-12-115,2-21-7"
        #expect(history.at(position).description == "1-11-100,1-12-115,2-21-7")
        #expect(GTIDHistory().at(position).description == "1-12-115,2-21-7")
    }

    @Test func `whoever has the last of a tail has all of it`() throws {
        let tail = Divergence.Tail(
            domain: 1, after: GTID("1-11-100"), ends: [try #require(GTID("1-11-102"))])
        #expect(tail.holders(in: ["west1": "1-11-102", "west2": "1-11-101"]) == ["west1"])
        #expect(tail.holders(in: ["west1": "1-12-1000102,2-21-3"]).isEmpty)
    }
}
