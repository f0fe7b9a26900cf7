import Glibc

/// One transaction in a server's binary log.
package struct LoggedTransaction: Sendable, Hashable {
    package var domain: UInt32
    package var sequence: UInt64
    /// The server that it was first committed on.
    package var server: UInt32
    /// Of its rows and statements, without what every server writes in its own way (table numbers, times).
    package var contents: UInt64
    /// Whether it changes rows; a statement that finds nothing to do is logged by the first server alone.
    package var hasRows = false

    package var gtid: String { "\(domain)-\(server)-\(sequence)" }
}

/// Reads a binary log's file: events of MariaDB's format 4.
///
/// Source: MariaDB Knowledge Base, "Binary Log Event Header", "GTID_EVENT", "Rows events", "QUERY_EVENT".
package enum BinaryLog {
    private static let (query, formatDescription, tableMap, gtid): (UInt8, UInt8, UInt8, UInt8) = (
        2, 15, 19, 162
    )
    private static let transactionEnd: UInt8 = 16
    private static let headerLength = 19

    /// The file's transactions, in their order; a last one that is still being written is left out.
    package static func transactions(in path: String) throws -> [LoggedTransaction] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FaultError("cannot read '\(path)': \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw FaultError("cannot examine '\(path)'") }
        let size = Int(info.st_size)
        guard size > 4, let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
            memory != MAP_FAILED
        else { return [] }
        defer { munmap(memory, size) }
        return transactions(in: UnsafeRawBufferPointer(start: memory, count: size))
    }

    static func transactions(in bytes: UnsafeRawBufferPointer) -> [LoggedTransaction] {
        var found: [LoggedTransaction] = []
        var current: LoggedTransaction?
        var isComplete = false
        var position = 4
        var checksum = 0
        while position + headerLength <= bytes.count {
            let type = bytes[position + 4]
            let length = Int(bytes.number(position + 9, UInt32.self))
            // A file that the server writes to ends with zeros or with half of an event.
            guard length >= headerLength, position + length <= bytes.count else { break }
            let body = position + headerLength
            var end = position + length
            if type == formatDescription {
                checksum = end - 5 > body && bytes[end - 5] == 1 ? 4 : 0
            } else {
                end -= checksum
            }
            switch type {
            case gtid where end - body >= 12:
                if let current { found.append(current) }
                isComplete = false
                current = LoggedTransaction(
                    domain: bytes.number(body + 8, UInt32.self), sequence: bytes.number(body, UInt64.self),
                    server: bytes.number(position + 5, UInt32.self), contents: 0xcbf2_9ce4_8422_2325)
            case query where end - body > 13:
                let skip = 13 + Int(bytes[body + 8]) + 1 + Int(bytes.number(body + 11, UInt16.self))
                current?.add(bytes, from: body + skip, to: end)
                isComplete = true
            case transactionEnd: isComplete = true
            case tableMap, 23...25, 30...32, 166...171:
                // The table's number and flags come first.
                current?.add(bytes, from: body + 8, to: end)
                current?.hasRows = true
            default: break
            }
            position += length
        }
        if let current, isComplete { found.append(current) }
        return found
    }
}

extension LoggedTransaction {
    /// FNV-1a.
    fileprivate mutating func add(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) {
        guard start < end else { return }
        for index in start..<end { contents = (contents ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
    }
}

extension UnsafeRawBufferPointer {
    /// A number in the log's byte order, which is that of the machines it runs on.
    fileprivate func number<Value: FixedWidthInteger>(_ offset: Int, _ type: Value.Type) -> Value {
        Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
