import AdminProtocol
import ClusterModel
import Glibc

/// The transactions of one domain after a certain one, in the files of a binary log.
struct BinaryLogTail: Sendable {
    /// Where a file has them.
    struct Piece: Sendable {
        var file: BinaryLogFile
        var ranges: [Range<Int64>]
    }

    /// In the order of the log.
    private(set) var gtids: [GTID] = []
    /// When the first of them was written, in seconds since 1970.
    private(set) var firstAt: UInt32 = 0
    private var pieces: [Piece] = []

    /// - Parameters:
    ///   - paths: the files in order.
    ///   - after: the last transaction that does not count; nil for none.
    init(_ paths: [String], domain: UInt32, after: GTID?) throws(Refusal) {
        for path in try Self.relevant(paths, domain, after?.sequence ?? 0) {
            let file = try BinaryLogFile(path)
            var ranges: [Range<Int64>] = []
            var isInside = false
            try file.events { (event) throws(Refusal) in
                if let gtid = event.gtid {
                    isInside = gtid.domain == domain && gtid.sequence > after?.sequence ?? 0
                    if isInside {
                        if gtids.isEmpty { firstAt = event.timestamp }
                        gtids.append(gtid)
                    }
                } else if BinaryLogFile.Kind.outside.contains(event.type) {
                    isInside = false
                }
                guard isInside else { return true }
                let end = event.offset + event.length
                if let last = ranges.last, last.upperBound == event.offset {
                    ranges[ranges.count - 1] = last.lowerBound..<end
                } else {
                    ranges.append(event.offset..<end)
                }
                return true
            }
            if !ranges.isEmpty { pieces.append(Piece(file: file, ranges: ranges)) }
        }
    }

    /// Files from the last one on that begins no later than `sequence`.
    private static func relevant(
        _ paths: [String], _ domain: UInt32, _ sequence: UInt64
    ) throws(Refusal) -> ArraySlice<String> {
        var start = paths.count - 1
        while start > 0 {
            if try BinaryLogFile(paths[start]).past().position.sequence(of: domain) <= sequence { break }
            start -= 1
        }
        return paths[max(0, start)...]
    }

    var bytes: Int64 {
        pieces.reduce(0) { $0 + $1.ranges.reduce(0) { $0 + $1.upperBound - $1.lowerBound } }
    }

    /// Writes them as a binary log of their own.
    func write(to path: String) throws(Refusal) {
        guard let target = OpenFile(path, O_WRONLY | O_CREAT | O_EXCL) else {
            throw Refusal(.failed, "'\(path)' cannot be made: \(String(cString: strerror(errno)))")
        }
        try target.append(BinaryLogFile.magic)
        for piece in pieces {
            // How to read what follows: each file's own, for it may be of another release.
            try piece.file.events { (event) throws(Refusal) in
                if event.type == BinaryLogFile.Kind.format {
                    try piece.file.copy(event.offset..<event.offset + event.length, to: target)
                }
                return false
            }
            for range in piece.ranges { try piece.file.copy(range, to: target) }
        }
        try target.flush()
    }
}
