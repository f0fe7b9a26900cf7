import ClusterModel

/// What a switch that succeeded cost, as it was measured; durations are in milliseconds of the coordinator's clock.
package struct SwitchReceipt: Codable, Hashable, Sendable {
    /// Nobody could write: from the beginning of the freeze until the last router had let go.
    package var gap: Double
    /// New connections waited at the routers.
    package var hold: Double
    /// The freeze itself: until the running statements had ended.
    package var freeze: Double
    /// The candidate executed the last stretch.
    package var catchUp: Double
    /// Sessions that the routers cut when they left the old primary.
    package var sessionsCut: Int
    /// Sessions with open transactions that were ended before, because the operator had asked for that.
    package var transactionsCut: Int
    /// Where the old primary stood when the switch began.
    package var before: GTIDPosition
    /// Where it ended: the new primary has all of that.
    package var after: GTIDPosition
    /// The gap that earlier switches let expect; nil for the first one.
    package var forecast: Double?
    /// Connections that waited at the routers; nil where they do not tell, and in entries of earlier versions.
    package var held: [RouterHold]?
    /// How often the freeze was tried until the candidate came in time; nil in entries of earlier versions.
    package var attempts: Int?
    /// What a writer through a router saw; nil where no router worked, and in entries of earlier versions.
    package var canary: CanaryReport?

    package init(
        gap: Double, hold: Double, freeze: Double, catchUp: Double, sessionsCut: Int, transactionsCut: Int,
        before: GTIDPosition, after: GTIDPosition, forecast: Double?
    ) {
        self.gap = gap
        self.hold = hold
        self.freeze = freeze
        self.catchUp = catchUp
        self.sessionsCut = sessionsCut
        self.transactionsCut = transactionsCut
        self.before = before
        self.after = after
        self.forecast = forecast
    }
}

/// How many connections waited at one router while a switch held them.
package struct RouterHold: Codable, Hashable, Sendable {
    package var router: HostName
    package var connections: Int

    package init(router: HostName, connections: Int) {
        self.router = router
        self.connections = connections
    }
}

/// What a writer saw that wrote through one router as applications do, while a switch ran.
package struct CanaryReport: Codable, Hashable, Sendable {
    package var router: HostName
    /// The longest time between two confirmed writes, in milliseconds; nil where it could not write.
    package var gap: Double?
    package var writes: Int
    /// Statements that ended with an error: one for each time its connection was cut.
    package var failures: Int
    /// Why it could not write.
    package var problem: String?

    package init(router: HostName, gap: Double?, writes: Int, failures: Int, problem: String?) {
        self.router = router
        self.gap = gap
        self.writes = writes
        self.failures = failures
        self.problem = problem
    }
}
