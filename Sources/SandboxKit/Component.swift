import ClusterModel

/// One of the four processes of a host.
package enum Component: String, CaseIterable, Sendable {
    case mysql
    case router
    case manager
    case etcd
}

/// What a command acts on: `east1` or `east1/mysql`.
package struct Place: Sendable, Hashable, CustomStringConvertible {
    package var host: HostName
    /// Nil for all of the host.
    package var component: Component?

    /// Reads `HOST` or `HOST/COMPONENT`.
    package init(_ text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), let host = HostName(parts[0]) else {
            throw SandboxError(
                "'\(text)' is neither HOST nor HOST/COMPONENT", hint: "for example east1/mysql")
        }
        self.host = host
        guard parts.count == 2 else { return }
        guard let component = Component(rawValue: parts[1]) else {
            let known = Component.allCases.map(\.rawValue).joined(separator: ", ")
            throw SandboxError("'\(parts[1])' is no component of a host; known are \(known)")
        }
        self.component = component
    }

    package var description: String { component.map { "\(host)/\($0.rawValue)" } ?? host.description }
}
