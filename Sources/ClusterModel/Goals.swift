/// What a server should be; its manager brings it there and keeps it there.
package enum ServerGoal: Codable, Hashable, Sendable {
    /// Takes the site's writes, and carries the connections that bring other sites' writes.
    /// - Parameters:
    ///   - waits: whether commits wait for a second copy.
    ///   - events: those of the scheduler that run here; nil where none were recorded.
    case primary(services: [SiteName: Wanted], waits: Bool = true, events: [EventName]? = nil)
    /// Follows the primary; the connection is wanted or held.
    case replica(of: HostName, link: Wanted)
    /// Takes no write and no replication until an operator recovers it.
    case fenced
}

/// Where a router should send new connections.
package struct RouterGoal: Codable, Hashable, Sendable {
    /// Whether it accepts connections at all.
    package var accepts: Wanted
    /// Target of the write port; nil for none.
    package var write: HostName?
    /// Targets of the read port.
    package var read: [HostName]
    /// Hosts that are left to the sessions they have, where others would be cut.
    package var draining: [HostName]

    package init(accepts: Wanted, write: HostName?, read: [HostName], draining: [HostName] = []) {
        self.draining = draining
        self.accepts = accepts
        self.write = write
        self.read = read
    }
}
