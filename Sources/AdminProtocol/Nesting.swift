/// How deep objects and lists lie within each other in a line of JSON.
///
/// A line is measured before the JSON library sees it: that library ends the whole program where a line is nested
/// more than 512 deep (swift-foundation, `JSONScanner`), and one line must not end a manager.
package enum Nesting {
    /// Levels that a line may have; the deepest honest one, a status with all reports, has fewer than 20.
    package static let limit = 64

    /// Whether `line` stays within the limit, text in strings not counted.
    package static func isWithinLimit(_ line: [UInt8]) -> Bool {
        var depth = 0
        var isInText = false
        var isEscaped = false
        for byte in line {
            guard !isInText else {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                guard depth <= limit else { return false }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
        return true
    }
}
