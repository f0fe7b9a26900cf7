import ClusterModel

// Tests write names and positions as they read. A literal that is no name is a mistake in the test itself.

extension HostName: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        guard let name = Self(value) else { preconditionFailure("'\(value)' is no host name") }
        self = name
    }
}

extension SiteName: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        guard let name = Self(value) else { preconditionFailure("'\(value)' is no site name") }
        self = name
    }
}

extension GTIDPosition: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        guard let position = Self(value) else { preconditionFailure("'\(value)' is no position") }
        self = position
    }
}

extension GTIDHistory: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        guard let history = Self(value) else { preconditionFailure("'\(value)' is no history") }
        self = history
    }
}
