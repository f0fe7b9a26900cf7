/// Reads `ls` by the rules that the classic tools read it by, and by no others.
///
/// Written after their published patterns: where those are loose this is as loose, so that what it cannot read
/// they cannot read either.
struct ClassicReader {
    struct Router: Hashable {
        var host: String
        var state: String
        var created: String
        var active: String
    }

    struct DataSource: Hashable {
        var name: String
        var role: String
        /// With its reason where the head has a progress: `SHUNNED(MANUALLY-SHUNNED)`.
        var state: String
        var progress: String?
        var latency: String?
        var alert: String?
        var manager: String?
        var server: String?
        var replicatorRole: String?
        var replicatorMaster: String?
        var replicatorState: String?
    }

    /// What the classic tools complain of.
    struct Unreadable: Error, CustomStringConvertible {
        var description: String
    }

    private(set) var coordinator: (host: String, policy: String, state: String)
    private(set) var routers: [Router]
    private(set) var dataSources: [DataSource]

    init(_ text: String) throws {
        guard let found = try #/COORDINATOR\[(\S+):(\w+):(\w+)\]/#.firstMatch(in: text) else {
            throw Unreadable(description: "Could not find COORDINATOR")
        }
        coordinator = (String(found.1), String(found.2), String(found.3))
        routers = try Self.routers(text)
        dataSources = try Self.blocks(text).map(Self.dataSource)
    }

    private static func routers(_ text: String) throws -> [Router] {
        guard let section = try #/ROUTERS:\s*\n\+-+\+\n((?:\|[^\n]*\n)*)\+-+\+/#.firstMatch(in: text) else {
            throw Unreadable(description: "Could not find ROUTERS section")
        }
        let row = #/connector@(\S*)\[[0-9]*\]\((\S*),\s*created=([0-9]*),\s*active=([0-9]*)\)/#
        return String(section.1).matches(of: row).map {
            Router(host: String($0.1), state: String($0.2), created: String($0.3), active: String($0.4))
        }
    }

    /// The blocks of the data sources: what lies between empty lines after the heading.
    private static func blocks(_ text: String) throws -> [String] {
        guard let begin = try #/DATASOURCES:\n\+---/#.firstMatch(in: text)?.range.lowerBound,
            let end = text.ranges(of: "---+\n").last?.upperBound
        else { throw Unreadable(description: "Could not find DATASOURCES section") }
        let section = String(text[begin..<end].dropFirst("DATASOURCES:\n".count))
        return section.split(separator: "\n\n").map(String.init)
    }

    private static func dataSource(_ block: String) throws -> DataSource {
        let parts = try #/^\+-+\+\n((?:\|[^\n]*\n)+)\+-+\+\n((?:\|[^\n]*\n)*)\+-+\+/#.firstMatch(in: block)
        guard let parts else { throw Unreadable(description: "no block: \(block)") }
        var source = try head(String(parts.1))
        source.alert = try #/STATUS[\s]?\[(\S*)\][\s]?\[(.*)\]/#.firstMatch(in: String(parts.1))
            .map { String($0.1) }
        let rows = String(parts.2)
        source.manager = try #/MANAGER\(state=(\S*)\)/#.firstMatch(in: rows).map { String($0.1) }
        source.server = try #/DATASERVER\(state=(\S*)\)/#.firstMatch(in: rows).map { String($0.1) }
        let long = #/REPLICATOR\(role=(\S*),[\s]?master=(\S*),[\s]?state=(\S*)\)/#
        if let found = try long.firstMatch(in: rows) {
            source.replicatorRole = String(found.1)
            source.replicatorMaster = String(found.2)
            source.replicatorState = String(found.3)
        } else if let found = try #/REPLICATOR\(role=(\S*),[\s]?state=(\S*)\)/#.firstMatch(in: rows) {
            source.replicatorRole = String(found.1)
            source.replicatorState = String(found.2)
        }
        return source
    }

    private static func head(_ rows: String) throws -> DataSource {
        let whole = #/\|(\S*)\((\S*):(\S*), progress=([\-0-9]*), (.*)=([0-9\.\-]*)/#
        if let found = try whole.firstMatch(in: rows) {
            return DataSource(
                name: String(found.1), role: String(found.2), state: String(found.3),
                progress: String(found.4), latency: String(found.6))
        }
        guard let found = try #/\|(\S*)\(([a-zA-Z]*):([a-zA-Z]*)(:([a-zA-Z]*))?/#.firstMatch(in: rows) else {
            throw Unreadable(description: "no head: \(rows)")
        }
        return DataSource(name: String(found.1), role: String(found.2), state: String(found.3))
    }
}
