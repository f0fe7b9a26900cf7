/// How much a site's managers do by themselves.
///
/// Raw values are the words of the classic output.
package enum Policy: String, Codable, Sendable, CaseIterable {
    case automatic = "AUTOMATIC"
    case manual = "MANUAL"
    case maintenance = "MAINTENANCE"
}

/// What a data source is for.
///
/// Raw values are the words of the classic output.
package enum DataSourceRole: String, Codable, Sendable {
    case primary = "master"
    case replica = "slave"
}

/// A data source as routers and operations see it.
package enum DataSourceState: String, Codable, Sendable {
    case online = "ONLINE"
    /// Set aside by an operator for a while; AUTOMATIC brings it back.
    case offline = "OFFLINE"
    /// A fault was seen; the reason says which.
    case failed = "FAILED"
    /// Taken out until an operator says otherwise; the reason says why.
    case shunned = "SHUNNED"
}

/// The STATUS field of a data source's box.
package enum AlertStatus: String, Codable, Sendable {
    case ok = "OK"
    case warn = "WARN"
    case diminished = "DIMINISHED"
    case critical = "CRITICAL"
    case shunned = "SHUNNED"
    case unknown = "UNKNOWN"
}

/// The state of a component inside a data source: manager, server, router, replicator.
package enum ComponentState: String, Codable, Sendable {
    case online = "ONLINE"
    case offline = "OFFLINE"
    case synchronizing = "SYNCHRONIZING"
    case stopped = "STOPPED"
    case suspect = "SUSPECT"
    case degraded = "DEGRADED"
    /// It accepts connections and does not answer in time.
    case timeout = "TIMEOUT"
    case unknown = "UNKNOWN"
}
