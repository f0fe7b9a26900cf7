import ClusterModel
import ClusterTestKit
import Testing

@Suite struct GTIDPositionTests {
    @Test(arguments: ["2-21-99,1-11-4536", "1-11-4536, 2-21-99", " 1-11-4536,\n2-21-99"])
    func `a list of transactions is read and written`(text: String) throws {
        let position = try #require(GTIDPosition(text))
        #expect(
            position.sequence(of: 1) == 4536 && position.sequence(of: 2) == 99
                && position.sequence(of: 3) == 0)
        #expect(position.description == "1-11-4536,2-21-99")
    }

    @Test func `no transaction is a position too, and there is no greatest one`() {
        let (none, greatest) = ("", "1-11-18446744073709551615")
        #expect(GTIDPosition(none)?.isEmpty == true)
        #expect(GTIDPosition(greatest)?.sequence(of: 1) == .max)
    }

    @Test(arguments: [
        "x", "1", "1-2", "1-2-3-4", "1-2-", "-1-2-3", "1-2-x", "1-2-18446744073709551616", "4294967296-1-1",
        "1-1-1;2-2-2", "1-1- 1",
    ])
    func `what is no list is refused`(text: String) {
        #expect(GTIDPosition(text) == nil)
    }

    @Test func `one position covers another when it has reached all of it`() {
        let position: GTIDPosition = "1-11-10,2-21-5"
        #expect(position.covers("1-12-10"))
        #expect(position.covers("1-11-10,2-21-5"))
        #expect(position.covers(GTIDPosition()))
        #expect(!position.covers("1-11-11"))
        #expect(!position.covers("1-11-1,3-31-1"))
        #expect(GTIDPosition().covers(GTIDPosition()))
    }

    @Test func `one domain can be looked at alone`() {
        let position: GTIDPosition = "1-11-10,2-21-5"
        #expect(position.only(2) == "2-21-5")
        #expect(position.only(7).isEmpty)
    }

    @Test func `covering is an order`() {
        var generator = SeededGenerator(seed: 9)
        func random() -> GTIDPosition {
            GTIDPosition(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                    GTID(
                        domain: .random(in: 1...3, using: &generator),
                        server: .random(in: 1...3, using: &generator),
                        sequence: .random(in: 1...4, using: &generator))
                })
        }
        for _ in 0..<5_000 {
            let (first, second, third) = (random(), random(), random())
            #expect(first.covers(first))
            if first.covers(second), second.covers(third) { #expect(first.covers(third)) }
            #expect(GTIDPosition(first.description) == first)
        }
    }
}

@Suite struct ResumptionTests {
    @Test func `the own log decides for the own domain, even where replication has gone beyond it`() {
        let position = GTIDPosition.resumption(logged: "1-11-7,2-21-3", applied: "1-11-9,2-21-5", domain: 1)
        #expect(position == "1-11-7,2-21-5")
    }

    @Test func `a log that has nothing of the own domain leaves it to replication`() {
        #expect(
            GTIDPosition.resumption(logged: "2-21-8", applied: "1-11-9,2-21-5", domain: 1) == "1-11-9,2-21-8")
        #expect(GTIDPosition.resumption(logged: GTIDPosition(), applied: GTIDPosition(), domain: 1).isEmpty)
    }
}
