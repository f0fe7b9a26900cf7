import ClusterModel

/// `set policy <policy>`.
package struct SetPolicyCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "policy.set"
    package static let access = AccessRole.operator

    package var policy: Policy

    package init(policy: Policy) { self.policy = policy }
}

/// `datasource <ds> <verb>`.
package struct ChangeDataSourceCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "datasource.change"
    package static let access = AccessRole.operator

    package var endsWithCaller: Bool { verb == .recover }
    package var longest: Int? { verb == .recover ? DataCopy.longest : nil }

    package enum Verb: String, Codable, Sendable, CaseIterable {
        case shun, recover, welcome, offline, online, fail
    }

    package var name: HostName
    package var verb: Verb
    /// The session's `set force`.
    package var force: Bool

    package init(name: HostName, verb: Verb, force: Bool = false) {
        self.name = name
        self.verb = verb
        self.force = force
    }
}

/// `replicator <ds> online|offline`.
package struct ChangeReplicatorCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "replicator.change"
    package static let access = AccessRole.operator

    package var name: HostName
    package var wanted: Wanted
    package var force: Bool

    package init(name: HostName, wanted: Wanted, force: Bool = false) {
        self.name = name
        self.wanted = wanted
        self.force = force
    }
}

/// `router <name|*> online|offline`.
package struct ChangeRouterCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "router.change"
    package static let access = AccessRole.operator

    /// Nil for all routers of the site.
    package var host: HostName?
    package var wanted: Wanted

    package init(host: HostName?, wanted: Wanted) {
        self.host = host
        self.wanted = wanted
    }
}

/// `service <host|*>/<component> <verb>`.
package struct RunServiceCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "service.run"
    package static let access = AccessRole.operator

    package enum Verb: String, Codable, Sendable, CaseIterable {
        case start, stop, restart, status
    }

    /// Nil for all hosts of the site.
    package var host: HostName?
    /// `mysql` or `router`.
    package var component: String
    package var verb: Verb
    package var force: Bool

    package init(host: HostName?, component: String, verb: Verb, force: Bool = false) {
        self.host = host
        self.component = component
        self.verb = verb
        self.force = force
    }
}

/// `switch [to <ds>]`: moves the primary role, losing nothing.
package struct SwitchCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "site.switch"
    package static let access = AccessRole.operator

    /// Nil lets the coordinator choose.
    package var target: HostName?
    package var force: Bool
    /// End sessions whose transactions do not end in time, instead of refusing; `force` does so too.
    package var cutSessions: Bool?

    package init(target: HostName?, force: Bool = false, cutSessions: Bool? = nil) {
        self.target = target
        self.force = force
        self.cutSessions = cutSessions
    }

    /// Whether sessions with open transactions are cut.
    package var cuts: Bool { force || cutSessions == true }
}

/// `failover [to <ds>]`: promotes a replica after the primary FAILED.
package struct FailoverCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "site.failover"
    package static let access = AccessRole.operator

    package var target: HostName?
    package var force: Bool

    package init(target: HostName?, force: Bool = false) {
        self.target = target
        self.force = force
    }
}

/// `recover`: brings back every data source of the site that can be.
package struct RecoverCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "site.recover"
    package static let access = AccessRole.operator
    /// Copies do; what is agreed on goes on.
    package var endsWithCaller: Bool { true }
    package var longest: Int? { DataCopy.longest }

    package var force: Bool

    package init(force: Bool = false) { self.force = force }
}

/// `cluster heartbeat`: one small write that every data source must apply.
package struct HeartbeatCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "cluster.heartbeat"
    package static let access = AccessRole.operator

    package init() {}
}
