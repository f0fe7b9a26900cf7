import AdminProtocol
import ClusterModel
import ClusterTestKit
import Logging
import Manager
import Planning
import Testing

@Suite struct SiteBoardTests {
    private let board = SiteBoard(
        shape: .east(), host: "east1", log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))

    private func change(_ policy: Policy, revision: Int64) throws -> StoreChange {
        StoreChange(
            key: .policy, value: try FrameCodec.encode(PolicyRecord(policy: policy)), createRevision: 1,
            revision: revision)
    }

    @Test func `a view that no watch keeps current is not confirmed by a living lease`() {
        #expect(!board.hasQuorum)
        board.confirm()
        #expect(!board.hasQuorum)
        board.replace(with: StoreContents(revision: 1, entries: []))
        board.confirm()
        #expect(board.hasQuorum)
        board.loseSight()
        let age = board.age
        board.confirm()
        #expect(board.age >= age)
    }

    @Test func `a late event does not undo a newer change`() throws {
        board.replace(with: StoreContents(revision: 1, entries: []))
        board.apply([try change(.manual, revision: 5)])
        board.apply([try change(.maintenance, revision: 4)])
        #expect(board.snapshot.records.policy.policy == .manual)
        board.apply([try change(.automatic, revision: 6)])
        #expect(board.snapshot.records.policy.policy == .automatic)
    }

    @Test func `a value that cannot be read leaves the rest as it is`() throws {
        board.replace(with: StoreContents(revision: 1, entries: [try change(.manual, revision: 1)]))
        board.apply([StoreChange(key: .primary, value: [123], createRevision: 2, revision: 2)])
        #expect(board.snapshot.primary == nil)
        #expect(board.snapshot.records.policy.policy == .manual)
    }
}
