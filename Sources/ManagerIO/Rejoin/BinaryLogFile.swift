import AdminProtocol
import ClusterModel
import Glibc

/// A file of a binary log as it lies on the disk, also while no server runs.
///
/// Only the frames of the events are read, and what is in transaction ids. Source: MariaDB Knowledge Base, "Replication
/// Protocol", events 15, 162 to 164. A last event that a crash has cut short counts as absent.
struct BinaryLogFile: Sendable {
    /// One event.
    struct Event: Sendable {
        /// Where it begins.
        var offset: Int64
        var length: Int64
        var type: UInt8
        /// Seconds since 1970.
        var timestamp: UInt32
        var server: UInt32
        /// Its first bytes after the header.
        var body: ArraySlice<UInt8>
    }

    /// Types of events that are looked for.
    enum Kind {
        static let format: UInt8 = 15
        static let rotate: UInt8 = 4
        static let stop: UInt8 = 3
        static let checkpoint: UInt8 = 161
        static let transaction: UInt8 = 162
        static let list: UInt8 = 163
        static let encryption: UInt8 = 164
        /// Between transactions.
        static let outside: Set<UInt8> = [rotate, stop, checkpoint, list, format]
    }

    static let magic: [UInt8] = [0xFE, 0x62, 0x69, 0x6E]
    private static let headerBytes = 19
    private static let window = 256 * 1024

    let path: String
    private let descriptor: OpenFile

    /// - Throws: `failed` where it cannot be read, or is no such file.
    init(_ path: String) throws(Refusal) {
        self.path = path
        guard let descriptor = OpenFile(path, O_RDONLY) else {
            throw Refusal(.failed, "'\(path)' cannot be read: \(String(cString: strerror(errno)))")
        }
        self.descriptor = descriptor
        guard try descriptor.bytes(at: 0, count: 4) == Self.magic else {
            throw Refusal(.failed, "'\(path)' is no binary log, or is encrypted as a whole")
        }
    }

    /// Calls `body` for each event from `start` on, until it returns false.
    func events(from start: Int64 = 4, _ body: (Event) throws(Refusal) -> Bool) throws(Refusal) {
        var offset = start
        var held: [UInt8] = []
        var heldAt: Int64 = 0
        while true {
            let index = Int(offset - heldAt)
            if index < 0 || index + 64 > held.count {
                held = try descriptor.bytes(at: offset, count: Self.window)
                heldAt = offset
            }
            let part = held.dropFirst(Int(offset - heldAt))
            guard part.count >= Self.headerBytes else { return }
            let length = Int64(part.number(at: 9, bytes: 4))
            guard length >= Self.headerBytes, offset + length <= descriptor.size else { return }
            let type = UInt8(part.number(at: 4, bytes: 1))
            guard type != Kind.encryption else {
                throw Refusal(
                    .failed, "'\(path)' is encrypted: what it holds cannot be read without its server")
            }
            let event = Event(
                offset: offset, length: length, type: type, timestamp: UInt32(part.number(at: 0, bytes: 4)),
                server: UInt32(part.number(at: 5, bytes: 4)),
                body: part.dropFirst(Self.headerBytes).prefix(Int(length) - Self.headerBytes))
            guard try body(event) else { return }
            offset += length
        }
    }

    /// What came before the first transaction of this file.
    func past() throws(Refusal) -> GTIDHistory {
        var list = GTIDHistory()
        try events { (event) throws(Refusal) in
            guard event.type == Kind.list else { return event.type == Kind.format }
            let bytes = try descriptor.bytes(at: event.offset, count: Int(event.length)).dropFirst(
                Self.headerBytes)
            let count = Int(bytes.number(at: 0, bytes: 4) & 0x0FFF_FFFF)
            for entry in 0..<count where 4 + entry * 16 + 16 <= bytes.count {
                let at = 4 + entry * 16
                list.add(
                    GTID(
                        domain: UInt32(bytes.number(at: at, bytes: 4)),
                        server: UInt32(bytes.number(at: at + 4, bytes: 4)),
                        sequence: bytes.number(at: at + 8, bytes: 8)))
            }
            return false
        }
        return list
    }

    /// The whole past at the file's end.
    func history() throws(Refusal) -> GTIDHistory {
        var history = try past()
        try events { (event) throws(Refusal) in
            if let gtid = event.gtid { history.add(gtid) }
            return true
        }
        return history
    }

    /// Copies a part to the end of another file.
    func copy(_ range: Range<Int64>, to target: OpenFile) throws(Refusal) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let bytes = try descriptor.bytes(
                at: offset, count: Int(min(Int64(Self.window), range.upperBound - offset)))
            guard !bytes.isEmpty else { throw Refusal(.failed, "'\(path)' ends too early") }
            try target.append(bytes)
            offset += Int64(bytes.count)
        }
    }
}

extension BinaryLogFile.Event {
    /// The id of the transaction that begins here.
    var gtid: GTID? {
        guard type == BinaryLogFile.Kind.transaction, body.count >= 12 else { return nil }
        return GTID(
            domain: UInt32(body.number(at: 8, bytes: 4)), server: server,
            sequence: body.number(at: 0, bytes: 8))
    }
}

extension Collection<UInt8> where Index == Int {
    /// A number as these files have them: the lowest byte first; 0 where there is not so much.
    fileprivate func number(at offset: Int, bytes: Int) -> UInt64 {
        guard offset + bytes <= count else { return 0 }
        return (0..<bytes).reduce(0) { $0 | UInt64(self[startIndex + offset + $1]) << (8 * UInt64($1)) }
    }
}
