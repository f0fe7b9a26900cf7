/// The name of an event of a server's scheduler.
package struct EventName: Codable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package var schema: String
    package var name: String

    package init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.schema, left.name) < (right.schema, right.name)
    }

    package var description: String { "\(schema).\(name)" }
}

/// The events of one server at one instant, as far as they move with the primary's role.
///
/// A replica takes over every event of its source as `SLAVESIDE_DISABLED`, whether that is enabled there or not:
/// which of them are to run is known on the primary alone. Source: MariaDB, `sql/event_parse_data.cc`,
/// `Event_parse_data::check_originator_id`.
package struct EventReport: Codable, Hashable, Sendable {
    /// `ENABLED` here; sorted.
    package var running: [EventName]
    /// `SLAVESIDE_DISABLED` here, and made or last changed on a server of this site; sorted.
    package var resting: [EventName]
    /// Whether the server runs events at all (`event_scheduler`).
    package var isScheduling: Bool
    /// Whether the server took writes when this was seen: then it is the primary's word.
    package var isPrimary: Bool

    package init(
        running: [EventName] = [], resting: [EventName] = [], isScheduling: Bool = true,
        isPrimary: Bool = false
    ) {
        self.running = running
        self.resting = resting
        self.isScheduling = isScheduling
        self.isPrimary = isPrimary
    }
}

/// The events that run on whichever server is the primary.
package struct EventsRecord: Codable, Hashable, Sendable {
    /// Sorted.
    package var running: [EventName]

    package init(running: [EventName]) { self.running = running }
}

/// An event that is to run or to rest on a server.
package struct EventChange: Codable, Hashable, Sendable {
    package var event: EventName
    package var runs: Bool

    package init(_ event: EventName, runs: Bool) {
        self.event = event
        self.runs = runs
    }
}

extension ServerGoal {
    /// What is to be done to a server's events to reach the goal: on a primary those of the site run, elsewhere none.
    ///
    /// An event that was disabled on the primary itself is nobody's to enable.
    package func changes(of events: EventReport) -> [EventChange] {
        switch self {
        case .primary(_, _, let wanted):
            events.resting.filter { wanted?.contains($0) ?? false }.map { EventChange($0, runs: true) }
        case .replica, .fenced:
            events.running.map { EventChange($0, runs: false) }
        }
    }
}
