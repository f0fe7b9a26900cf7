import NIOCore

/// Cuts received bytes into lines.
struct LineBuffer {
    /// What the bytes so far give next.
    enum Next: Equatable {
        /// A line without its line feed (and without a carriage return before it).
        case line([UInt8])
        /// More bytes are needed.
        case incomplete
        /// The line that has begun is longer than allowed; nothing after it can be trusted.
        case tooLong
    }

    private let longest: Int
    private var bytes = ByteBuffer()
    /// Bytes at the beginning of `bytes` that are known to hold no line feed.
    private var scanned = 0

    /// - Parameter longest: bytes of a line, line feed not counted.
    init(longest: Int) { self.longest = longest }

    /// Whether a line has begun and not ended.
    var holdsPart: Bool { bytes.readableBytes > 0 }

    mutating func append(_ chunk: inout ByteBuffer) { bytes.writeBuffer(&chunk) }

    mutating func next() -> Next {
        let view = bytes.readableBytesView
        guard let feed = view.dropFirst(scanned).firstIndex(of: UInt8(ascii: "\n")) else {
            scanned = view.count
            return scanned > longest ? .tooLong : .incomplete
        }
        let length = feed - view.startIndex
        guard length <= longest, var line = bytes.readBytes(length: length) else { return .tooLong }
        bytes.moveReaderIndex(forwardBy: 1)
        scanned = 0
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if bytes.readableBytes == 0 { bytes.clear() } else { bytes.discardReadBytes() }
        return .line(line)
    }
}
