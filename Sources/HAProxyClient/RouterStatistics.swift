/// What a router counts: from its `show info` and `show stat`.
///
/// Source: HAProxy 2.6 Management Guide, section 9.1 ("CSV format").
package struct RouterStatistics: Sendable, Hashable {
    /// A port that clients connect to.
    package struct Frontend: Sendable, Hashable {
        /// `OPEN`, or `PAUSED`/`STOP` while it refuses clients.
        package var status: String
        /// Sessions that are open now.
        package var current: Int
        /// Sessions since the router started.
        package var total: Int

        package var isOpen: Bool { status == "OPEN" }
    }

    /// A server in one backend.
    package struct Server: Sendable, Hashable {
        package var backend: String
        package var name: String
        /// `UP`, `no check`, `DRAIN`, `MAINT`, `DOWN` and variants of them.
        package var status: String
        package var current: Int
        package var total: Int

        /// Whether it gets new sessions.
        package var isReady: Bool { status.hasPrefix("UP") || status == "no check" }
    }

    package var pid: Int32
    /// Seconds.
    package var uptime: Int
    package var version: String
    package var frontends: [String: Frontend] = [:]
    package var servers: [Server] = []

    package func servers(of backend: String) -> [Server] { servers.filter { $0.backend == backend } }

    /// - Throws: `RouterError.malformed`.
    package init(info: String, table: String) throws(RouterError) {
        var facts: [Substring: Substring] = [:]
        for line in info.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            facts[line[..<colon]] = line[line.index(after: colon)...].drop { $0 == " " }
        }
        guard let pid = facts["Pid"].flatMap({ Int32($0) }) else {
            throw .malformed("'show info' without 'Pid'")
        }
        self.pid = pid
        uptime = facts["Uptime_sec"].flatMap { Int($0) } ?? 0
        version = String(facts["Version"] ?? "")
        let table = try Table(table)
        frontends = table.frontends
        servers = table.servers
    }

    /// What `show stat` prints, whole or for some servers.
    struct Table {
        var frontends: [String: Frontend] = [:]
        var servers: [Server] = []
    }
}

extension RouterStatistics.Table {
    /// - Throws: `RouterError.malformed`.
    init(_ table: String) throws(RouterError) {
        var lines = table.split(whereSeparator: \.isNewline).makeIterator()
        guard let header = lines.next(), header.hasPrefix("# ") else {
            throw .malformed("'show stat' without names")
        }
        var positions: [String: Int] = [:]
        for (index, name) in Self.fields(header.dropFirst(2)).enumerated() { positions[name] = index }
        while let line = lines.next() {
            let row = Self.fields(line)
            func value(_ name: String) throws(RouterError) -> String {
                guard let index = positions[name], row.indices.contains(index) else {
                    throw .malformed("'show stat' without '\(name)'")
                }
                return row[index]
            }
            let (proxy, name, status) = (try value("pxname"), try value("svname"), try value("status"))
            let (current, total) = (Int(try value("scur")) ?? 0, Int(try value("stot")) ?? 0)
            switch name {
            case "BACKEND": continue
            case "FRONTEND":
                frontends[proxy] = RouterStatistics.Frontend(status: status, current: current, total: total)
            default:
                servers.append(
                    RouterStatistics.Server(
                        backend: proxy, name: name, status: status, current: current, total: total))
            }
        }
    }

    /// The fields of one line; a quoted field may hold commas, and two quotes for one.
    private static func fields(_ line: some StringProtocol) -> [String] {
        var fields: [String] = []
        var field = ""
        var quoted = false
        var closing = false
        for character in line {
            switch character {
            case "\"":
                if quoted && closing { field.append("\"") }
                if quoted { closing.toggle() } else { quoted = field.isEmpty }
            case "," where !quoted || closing:
                fields.append(field)
                (field, quoted, closing) = ("", false, false)
            default: field.append(character)
            }
        }
        return fields + [field]
    }
}
