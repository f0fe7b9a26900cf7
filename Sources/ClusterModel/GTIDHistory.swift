/// Which server has written how much of which domain: a binary log's whole past in a line.
///
/// It has the last transaction of every domain and every server that wrote in it. Unlike a position it tells two
/// servers apart that went on from the same transaction in different ways. Source: MariaDB Knowledge Base,
/// `gtid_binlog_state`.
package struct GTIDHistory: Hashable, Sendable, CustomStringConvertible {
    /// In the server's order: of each domain, the newest transaction comes last.
    package private(set) var gtids: [GTID] = []

    package init(_ gtids: [GTID] = []) {
        for gtid in gtids { add(gtid) }
    }

    /// Reads a server's list; empty text is the empty history, other text that is no list gives nil.
    package init?(_ text: String) {
        for part in text.split(separator: ",") {
            guard let gtid = GTID(part.drop { $0 == " " || $0 == "\n" }) else { return nil }
            add(gtid)
        }
    }

    /// The last sequence number that `server` wrote in `domain`; nil where it wrote none.
    package func last(_ domain: UInt32, by server: UInt32) -> UInt64? {
        gtids.first { $0.domain == domain && $0.server == server }?.sequence
    }

    /// The newest transaction of each domain.
    package var position: GTIDPosition { GTIDPosition(gtids) }

    package var isEmpty: Bool { gtids.isEmpty }

    /// Notes a transaction that came after all others of its domain.
    package mutating func add(_ gtid: GTID) {
        gtids.removeAll { $0.domain == gtid.domain && $0.server == gtid.server }
        gtids.append(gtid)
    }

    /// The same with what only `other` knows of: domains and servers that this one has nothing of.
    ///
    /// A log that began with a copy of another server's data knows nothing of what came before.
    package func filled(from other: GTIDHistory) -> GTIDHistory {
        var copy = self
        copy.gtids = other.gtids.filter { last($0.domain, by: $0.server) == nil } + gtids
        return copy
    }

    /// As it was when the server stood at `position`: what a copy of its data needs.
    ///
    /// The newest transaction of each domain is that of the position.
    package func at(_ position: GTIDPosition) -> GTIDHistory {
        let newest = position.last.values.sorted { $0.domain < $1.domain }
        var copy = GTIDHistory(
            gtids.filter { gtid in
                guard let end = position.last[gtid.domain] else { return false }
                return gtid.server != end.server && gtid.sequence < end.sequence
            })
        for gtid in newest { copy.add(gtid) }
        return copy
    }

    package var description: String { gtids.map(\.description).joined(separator: ",") }
}

extension GTIDHistory: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let history = Self(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a GTID list")
        }
        self = history
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
