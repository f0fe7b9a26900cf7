/// A MariaDB global transaction id, `domain-server-sequence`.
///
/// Source: MariaDB Knowledge Base, "Global Transaction ID".
package struct GTID: Hashable, Sendable, CustomStringConvertible {
    package var domain: UInt32
    package var server: UInt32
    package var sequence: UInt64

    package init(domain: UInt32, server: UInt32, sequence: UInt64) {
        self.domain = domain
        self.server = server
        self.sequence = sequence
    }

    /// Returns nil where `text` is not of the form `1-11-4536`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let domain = UInt32(parts[0]), let server = UInt32(parts[1]),
            let sequence = UInt64(parts[2])
        else { return nil }
        self.init(domain: domain, server: server, sequence: sequence)
    }

    package var description: String { "\(domain)-\(server)-\(sequence)" }
}

/// A position in every domain at once: the last transaction of each.
package struct GTIDPosition: Hashable, Sendable, CustomStringConvertible {
    /// The last transaction of each domain, by domain.
    package private(set) var last: [UInt32: GTID] = [:]

    package init(_ gtids: [GTID] = []) {
        for gtid in gtids { last[gtid.domain] = gtid }
    }

    /// Reads a server's list such as `1-11-4536,2-21-99`; empty text is the empty position, other text that is no
    /// list gives nil.
    package init?(_ text: String) {
        var gtids: [GTID] = []
        for part in text.split(separator: ",") {
            guard let gtid = GTID(part.drop { $0 == " " || $0 == "\n" }) else { return nil }
            gtids.append(gtid)
        }
        self.init(gtids)
    }

    /// The sequence number reached in `domain`; 0 where nothing was seen of it.
    package func sequence(of domain: UInt32) -> UInt64 { last[domain]?.sequence ?? 0 }

    /// Whether everything up to `other` is contained, judged by sequence numbers.
    package func covers(_ other: GTIDPosition) -> Bool {
        other.last.values.allSatisfy { sequence(of: $0.domain) >= $0.sequence }
    }

    /// Only the part of `domain`.
    package func only(_ domain: UInt32) -> GTIDPosition {
        GTIDPosition(last[domain].map { [$0] } ?? [])
    }

    /// Where replication goes on at a server that took writes of `domain` itself: after its own log there, elsewhere
    /// after whichever of the two is farther.
    package static func resumption(logged: Self, applied: Self, domain: UInt32) -> Self {
        let domains = Set(logged.last.keys).union(applied.last.keys)
        return Self(
            domains.compactMap { each in
                let own = logged.last[each]
                let replicated = applied.last[each]
                if each == domain { return own ?? replicated }
                return (own?.sequence ?? 0) > (replicated?.sequence ?? 0) ? own : replicated
            })
    }

    package var isEmpty: Bool { last.isEmpty }

    package var description: String {
        last.values.sorted { $0.domain < $1.domain }.map(\.description).joined(separator: ",")
    }
}

extension GTIDPosition: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let position = Self(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a GTID list")
        }
        self = position
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension GTID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let gtid = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a GTID")
        }
        self = gtid
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
