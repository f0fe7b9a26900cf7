import AdminProtocol
import ClusterModel
import ClusterTestKit
import Testing

@testable import Manager

@Suite struct ClockTests {
    @Test func `of a clock is known what the report that came fastest says`() {
        var offsets = ClockOffsets()
        for sample in [-2.0, -1.5, -0.1, -9, -3, -1, -2] {
            offsets.note(sample)
            #expect(offsets.ahead == nil, "too little was heard")
        }
        offsets.note(-4)
        #expect(offsets.ahead == -0.1)
        // Set back by an hour: the reports of before count until they are eight ago.
        for _ in 0..<8 { offsets.note(-3600) }
        #expect(offsets.ahead == -3600)
    }

    @Test func `the journal's order is that of its coordinators, whatever their clocks said`() {
        var journal = Journal()
        for (id, startedAt) in [("9-1", 1_000), ("10-2", 5_000), ("10-1", 9_000_000), ("10-10", 4_000)] {
            journal.set(
                id,
                OperationRecord(
                    id: id, command: "switch", by: "anna", coordinator: "east1",
                    startedAt: WallTime(milliseconds: Int64(startedAt)), result: .done, lines: []))
        }
        #expect(journal.newestFirst.map(\.id) == ["10-10", "10-2", "10-1", "9-1"])
    }
}
