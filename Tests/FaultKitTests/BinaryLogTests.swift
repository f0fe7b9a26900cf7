import ClusterModel
import Testing

@testable import FaultKit

@Suite struct BinaryLogTests {
    /// Events of a log, as a server writes them; a checksum of four bytes follows each where `checksum` says so.
    private struct Writer {
        var bytes: [UInt8] = [0xfe, 0x62, 0x69, 0x6e]
        let checksum: Bool

        init(checksum: Bool = true) {
            self.checksum = checksum
            var body = [UInt8](repeating: 0, count: 57)
            body[56] = checksum ? 1 : 0
            event(15, server: 1, body + [UInt8](repeating: 0, count: checksum ? 0 : 4))
        }

        mutating func event(_ type: UInt8, server: UInt32, _ body: [UInt8]) {
            let tail: [UInt8] = checksum ? [9, 9, 9, UInt8(bytes.count % 251)] : []
            let length = UInt32(19 + body.count + tail.count)
            bytes += number(UInt32.random(in: 0...9)) + [type] + number(server) + number(length)
            bytes += number(UInt32(bytes.count)) + [0, 0] + body + tail
        }

        mutating func insert(
            _ domain: UInt32, _ server: UInt32, _ sequence: UInt64, table: UInt8, row: [UInt8]
        ) {
            event(162, server: server, number(sequence) + number(domain) + [0])
            event(19, server: server, [table, 0, 0, 0, 0, 0, 1, 0] + Array("app.t".utf8))
            event(23, server: server, [table, 0, 0, 0, 0, 0, 1, 0] + row)
            event(16, server: server, number(sequence &+ UInt64(table)))
        }

        private func number<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
    }

    private func read(_ bytes: [UInt8]) -> [LoggedTransaction] {
        bytes.withUnsafeBytes { BinaryLog.transactions(in: $0) }
    }

    @Test(arguments: [true, false])
    func `transactions are read with their numbers, and their contents do not depend on the server`(
        checksum: Bool
    ) {
        var (primary, replica) = (Writer(checksum: checksum), Writer(checksum: checksum))
        primary.insert(1, 101, 7, table: 20, row: [1, 2, 3])
        primary.insert(1, 101, 8, table: 20, row: [1, 2, 4])
        replica.insert(1, 101, 7, table: 33, row: [1, 2, 3])
        let (left, right) = (read(primary.bytes), read(replica.bytes))
        #expect(left.map(\.gtid) == ["1-101-7", "1-101-8"])
        #expect(right == [left[0]])
        #expect(left[0].contents != left[1].contents)
    }

    @Test func `what is still being written is left out`() {
        var writer = Writer()
        writer.insert(1, 101, 7, table: 20, row: [1, 2, 3])
        let whole = writer.bytes.count
        writer.insert(1, 101, 8, table: 20, row: [1, 2, 4])
        for length in whole + 45..<writer.bytes.count {
            #expect(read(Array(writer.bytes[..<length])).map(\.sequence) == [7], "cut at \(length)")
        }
        #expect(read([]).isEmpty && read([0xfe, 0x62]).isEmpty)
    }

    private func proof(_ logs: [[(UInt32, UInt64, UInt64)]]) throws -> BinaryLogProof {
        let hosts = try (1...3).map { try #require(HostName("east\($0)")) }
        var proof = BinaryLogProof(hosts: hosts)
        for (host, log) in zip(hosts, logs) {
            proof.add(
                log.map {
                    LoggedTransaction(domain: 1, sequence: $0.1, server: $0.0, contents: $0.2, hasRows: true)
                },
                of: host)
        }
        return proof
    }

    @Test func `equal logs have neither conflicts nor holes`() throws {
        let log: [(UInt32, UInt64, UInt64)] = [(101, 1, 5), (101, 2, 6), (102, 1_000_002, 7)]
        // The second was made anew and has no more than the end.
        let proof = try proof([log, Array(log.suffix(1)), log])
        #expect(proof.conflicts.isEmpty && proof.holes.missing.isEmpty && proof.holes.alone.isEmpty)
        #expect(proof.count == 3)
    }

    @Test func `one number of two servers is a conflict`() throws {
        let proof = try proof([[(101, 1, 5), (101, 2, 6)], [(101, 1, 5), (102, 2, 6)], [(101, 1, 5)]])
        #expect(proof.conflicts == ["number 2 of domain 1 is 1-101-2 on east1 and 1-102-2 on east2"])
    }

    @Test func `one number of one server with two contents is a conflict`() throws {
        let proof = try proof([[(101, 1, 5)], [(101, 1, 6)], []])
        #expect(proof.conflicts == ["1-101-1 has other contents on east2 than on east1"])
    }

    @Test func `a hole in a log is told, and so is what one server alone has`() throws {
        let proof = try proof([
            [(101, 1, 5), (101, 2, 6), (101, 3, 7)], [(101, 1, 5), (101, 2, 6)], [(101, 1, 5)],
        ])
        #expect(proof.holes.missing == ["1-101-2 missing on east3"])
        #expect(proof.holes.alone == ["1-101-3 only on east1"])
    }
}
