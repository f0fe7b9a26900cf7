import ClusterModel

/// What happens in the site, as `progress` lines, until it is cancelled or its time has passed.
package struct EventsCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "site.events"
    package static let access = AccessRole.observer
    package var endsWithCaller: Bool { true }

    /// How long; nil for the longest time that is allowed.
    package var seconds: Int?

    package init(seconds: Int? = nil) { self.seconds = seconds }
}

/// Gives up waiting for a running request of the same session; its own reply still comes.
///
/// Answered by the listener itself.
package struct CancelCall: AdminCall {
    package typealias Reply = Cancelled
    package static let method = "session.cancel"
    package static let access = AccessRole.observer

    /// The id of the request to give up.
    package var request: Int

    package init(request: Int) { self.request = request }
}

/// Whether there was something to give up.
package struct Cancelled: Codable, Hashable, Sendable {
    package var cancelled: Bool

    package init(cancelled: Bool) { self.cancelled = cancelled }
}
