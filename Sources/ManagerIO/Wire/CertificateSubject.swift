/// The names in a certificate's subject that the protocol uses.
///
/// Reads DER (ITU-T X.690) of a certificate (RFC 5280, 4.1) whose signature has been checked already.
struct CertificateSubject: Equatable {
    var commonNames: [String] = []
    var organizationalUnits: [String] = []

    /// Nil where the bytes are not a certificate.
    init?(certificate der: [UInt8]) {
        var file = DERReader(der[...])
        guard var certificate = file.enter(.sequence), var body = certificate.enter(.sequence) else {
            return nil
        }
        // version (optional), serial number, signature algorithm, issuer, validity; then the subject.
        body.skipIfPresent(.version)
        guard body.skip(.integer), body.skip(.sequence), body.skip(.sequence), body.skip(.sequence),
            var subject = body.enter(.sequence)
        else { return nil }
        while !subject.isAtEnd {
            guard var set = subject.enter(.set) else { return nil }
            while !set.isAtEnd {
                guard var attribute = set.enter(.sequence), let type = attribute.read(.objectIdentifier),
                    let value = attribute.readText()
                else { return nil }
                switch Array(type) {
                case Self.commonName: commonNames.append(value)
                case Self.organizationalUnit: organizationalUnits.append(value)
                default: continue
                }
            }
        }
    }

    /// 2.5.4.3 and 2.5.4.11 as they are coded.
    private static let commonName: [UInt8] = [0x55, 0x04, 0x03]
    private static let organizationalUnit: [UInt8] = [0x55, 0x04, 0x0B]
}

/// Walks over DER elements.
private struct DERReader {
    enum Tag: UInt8 {
        case integer = 0x02
        case objectIdentifier = 0x06
        case sequence = 0x30
        case set = 0x31
        case version = 0xA0
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func enter(_ tag: Tag) -> DERReader? { read(tag).map { DERReader($0) } }

    mutating func skip(_ tag: Tag) -> Bool { read(tag) != nil }

    mutating func skipIfPresent(_ tag: Tag) {
        if rest.first == tag.rawValue { _ = read(tag) }
    }

    /// The content of the next element, which must have this tag.
    mutating func read(_ tag: Tag) -> ArraySlice<UInt8>? {
        guard rest.first == tag.rawValue else { return nil }
        return element()?.content
    }

    /// The content of the next element where it is a character string that is ASCII or UTF-8.
    mutating func readText() -> String? {
        let utf8: UInt8 = 0x0C
        let printable: UInt8 = 0x13
        let ia5: UInt8 = 0x16
        guard let (tag, content) = element(), [utf8, printable, ia5].contains(tag) else { return nil }
        return String(validating: content, as: UTF8.self)
    }

    private mutating func element() -> (tag: UInt8, content: ArraySlice<UInt8>)? {
        guard let tag = rest.popFirst(), let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard (1...3).contains(count), rest.count >= count else { return nil }
            length = 0
            for _ in 0..<count { length = length << 8 | Int(rest.removeFirst()) }
        }
        guard rest.count >= length else { return nil }
        defer { rest = rest.dropFirst(length) }
        return (tag, rest.prefix(length))
    }
}
