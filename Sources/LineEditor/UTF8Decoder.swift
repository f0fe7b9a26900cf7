/// Bytes to Unicode scalars, one byte at a time; wrong bytes become U+FFFD.
struct UTF8Decoder {
    private var missing = 0
    private var value: UInt32 = 0

    /// The scalar that `byte` completes; nil while more bytes are needed.
    mutating func take(_ byte: UInt8) -> UInt32? {
        guard missing > 0 else {
            switch byte {
            case 0..<0x80: return UInt32(byte)
            case 0xC2..<0xE0: start(1, byte & 0x1F)
            case 0xE0..<0xF0: start(2, byte & 0x0F)
            case 0xF0..<0xF5: start(3, byte & 0x07)
            default: return 0xFFFD
            }
            return nil
        }
        guard byte & 0xC0 == 0x80 else {
            missing = 0
            return 0xFFFD
        }
        value = value << 6 | UInt32(byte & 0x3F)
        missing -= 1
        guard missing == 0 else { return nil }
        return Unicode.Scalar(value) == nil ? 0xFFFD : value
    }

    private mutating func start(_ following: Int, _ bits: UInt8) {
        missing = following
        value = UInt32(bits)
    }
}
