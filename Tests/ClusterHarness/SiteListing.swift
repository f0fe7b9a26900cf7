/// What the classic `ls` says, taken apart for questions.
package struct SiteListing: Sendable, CustomStringConvertible {
    package let description: String
    /// Everything of one data source on one line.
    private var sources: [String: String] = [:]
    private var routers: [String: String] = [:]

    package init(_ text: String) {
        description = text
        var current: String?
        for line in text.split(separator: "\n") where line.hasPrefix("|") {
            let row = line.dropFirst().dropLast().trimmingBlanks
            let name = row.prefix { $0 != "(" && $0 != "[" }
            if row.hasPrefix("connector@") {
                routers[String(name.dropFirst("connector@".count))] = String(row)
                current = nil
            } else if row.dropFirst(name.count).hasPrefix("(master:")
                || row.dropFirst(name.count).hasPrefix("(slave:")
            {
                current = String(name)
                sources[String(name)] = String(row)
            } else if let current {
                sources[current, default: ""] += " " + row
            }
        }
    }

    package subscript(_ host: String) -> String { sources[host] ?? "" }

    package func router(_ host: String) -> String { routers[host] ?? "" }

    package var primaries: [String] { sources.filter { $0.value.contains("(master:ONLINE") }.keys.sorted() }

    /// `COORDINATOR[east1:AUTOMATIC:ONLINE]`: the name in it.
    package var coordinator: String? {
        guard let start = description.firstRange(of: "COORDINATOR[") else { return nil }
        return String(description[start.upperBound...].prefix { $0 != ":" })
    }

    /// One primary, replicas that follow it over TLS, every router and manager: all online, no warning.
    package func isWhole(_ hosts: [String], primary: String? = nil) -> Bool {
        guard primaries.count == 1, let first = primaries.first, primary == nil || primary == first,
            let coordinator, hosts.contains(coordinator), !description.contains("WARNING:"),
            !description.contains("NOTE:")
        else { return false }
        return hosts.allSatisfy { host in
            let role = host == first ? "(master:ONLINE" : "(slave:ONLINE"
            let replicator =
                host == first
                ? "REPLICATOR(role=master, state=ONLINE)"
                : "REPLICATOR(role=slave, master=\(first), state=ONLINE)"
            let parts = [
                role, "STATUS [OK]", "[SSL]", "MANAGER(state=ONLINE)", replicator, "DATASERVER(state=ONLINE)",
            ]
            return parts.allSatisfy(self[host].contains) && router(host).contains("(ONLINE")
        }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var rest = drop { $0 == " " }
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
