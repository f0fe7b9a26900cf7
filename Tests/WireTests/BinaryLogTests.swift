import AdminProtocol
import ClusterModel
import Glibc
import ServerHarness
import Testing

@testable import ManagerIO

/// Files of a binary log, made by hand.
@Suite struct BinaryLogTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func bytes(_ number: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }

    private func event(_ type: UInt8, server: UInt32 = 1, _ body: [UInt8]) -> [UInt8] {
        bytes(7, 4) + [type] + bytes(UInt64(server), 4) + bytes(UInt64(19 + body.count), 4) + bytes(0, 4)
            + bytes(0, 2) + body
    }

    /// A transaction: its id, one event, its end.
    private func transaction(_ text: String) throws -> [UInt8] {
        let gtid = try #require(GTID(text))
        let head = bytes(gtid.sequence, 8) + bytes(UInt64(gtid.domain), 4) + [0] + bytes(0, 6)
        return event(BinaryLogFile.Kind.transaction, server: gtid.server, head)
            + event(23, [UInt8](repeating: 9, count: 300)) + event(16, [1, 2, 3])
    }

    private func file(_ name: String, past: [String], _ transactions: [String], cut: Int = 0) throws -> String
    {
        var content = BinaryLogFile.magic + event(BinaryLogFile.Kind.format, [UInt8](repeating: 4, count: 90))
        var list = bytes(UInt64(past.count), 4)
        for text in past {
            let gtid = try #require(GTID(text))
            list += bytes(UInt64(gtid.domain), 4) + bytes(UInt64(gtid.server), 4) + bytes(gtid.sequence, 8)
        }
        content += event(BinaryLogFile.Kind.list, list)
        for text in transactions { content += try transaction(text) }
        content.removeLast(cut)
        let path = directory.file(name)
        let target = try #require(OpenFile(path, O_WRONLY | O_CREAT))
        try target.append(content)
        return path
    }

    @Test func `a log's history is that of its list and its transactions`() throws {
        let path = try file("a", past: ["1-11-90", "2-21-5"], ["1-11-91", "2-21-6", "1-12-92"])
        #expect(try BinaryLogFile(path).past().description == "1-11-90,2-21-5")
        #expect(try BinaryLogFile(path).history().description == "1-11-91,2-21-6,1-12-92")
    }

    @Test func `what a crash has cut short is not there`() throws {
        let path = try file("b", past: [], ["1-11-1", "1-11-2"], cut: 350)
        #expect(try BinaryLogFile(path).history().description == "1-11-1")
    }

    @Test func `a tail has its domain's transactions from its files, and becomes a log of its own`() throws {
        let files = [
            try file("1", past: [], ["1-11-1", "1-11-2"]),
            try file("2", past: ["1-11-2"], ["1-11-3", "2-21-1", "1-11-4"]),
            try file("3", past: ["1-11-4", "2-21-1"], ["2-21-2", "1-11-5"]),
        ]
        let tail = try BinaryLogTail(files, domain: 1, after: GTID("1-11-3"))
        #expect(tail.gtids.map(\.description) == ["1-11-4", "1-11-5"])
        #expect(tail.firstAt == 7)
        let target = directory.file("tail")
        try tail.write(to: target)
        #expect(try BinaryLogFile(target).history().description == "1-11-5")
        #expect(
            try BinaryLogTail([target], domain: 1, after: nil).gtids.map(\.description) == [
                "1-11-4", "1-11-5",
            ])
        // Never over what is there.
        #expect(throws: Refusal.self) { try tail.write(to: target) }
        #expect(try BinaryLogTail(files, domain: 1, after: nil).gtids.count == 5)
        #expect(try BinaryLogTail([], domain: 1, after: nil).gtids.isEmpty)
    }

    @Test func `a file that is no binary log is refused`() throws {
        let path = directory.file("no")
        try #require(OpenFile(path, O_WRONLY | O_CREAT)).append(Array("SELECT 1".utf8))
        #expect(throws: Refusal.self) { try BinaryLogFile(path) }
        #expect(throws: Refusal.self) { try BinaryLogFile(directory.file("missing")) }
    }
}
