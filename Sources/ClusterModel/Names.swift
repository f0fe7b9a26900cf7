/// The rule for every name of a cluster: 1 to 64 letters, digits, `.`, `_` or `-`, the first a letter or digit.
private func isName(_ text: String) -> Bool {
    guard (1...64).contains(text.utf8.count), let first = text.utf8.first else { return false }
    func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
    let extra: [UInt8] = [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")]
    return isAlphanumeric(first) && text.utf8.allSatisfy { isAlphanumeric($0) || extra.contains($0) }
}

/// A host of a site, and so its data source: one host carries one server, one router, one manager.
package struct HostName: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Returns nil where `text` is not a name.
    package init?(_ text: String) {
        guard isName(text) else { return nil }
        self.description = text
    }
}

/// A site (dataservice), and the cross-site service that carries its writes to other sites.
package struct SiteName: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Returns nil where `text` is not a name.
    package init?(_ text: String) {
        guard isName(text) else { return nil }
        self.description = text
    }
}

extension HostName: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

extension SiteName: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

extension HostName: Codable, CodingKeyRepresentable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = Self(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a host name")
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package var codingKey: any CodingKey { NameKey(stringValue: description) }

    package init?<Key: CodingKey>(codingKey: Key) { self.init(codingKey.stringValue) }
}

extension SiteName: Codable, CodingKeyRepresentable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = Self(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a site name")
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package var codingKey: any CodingKey { NameKey(stringValue: description) }

    package init?<Key: CodingKey>(codingKey: Key) { self.init(codingKey.stringValue) }
}

/// Lets names be keys of JSON objects.
private struct NameKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
