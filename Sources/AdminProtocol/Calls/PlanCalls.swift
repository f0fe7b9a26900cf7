import ClusterModel

/// A command with `--plan`: what it would do now; nothing is changed.
package struct PlanCall: AdminCall {
    package typealias Reply = PlanReport
    package static let method = "site.plan"
    /// Who may look may ask what would happen.
    package static let access = AccessRole.observer

    package var change: PlannedChange

    package init(_ change: PlannedChange) { self.change = change }

    package init(from decoder: any Decoder) throws { change = try PlannedChange(from: decoder) }

    package func encode(to encoder: any Encoder) throws { try change.encode(to: encoder) }
}

/// Every call that can be planned; in JSON `{"of":"site.switch","with":{...}}` with the call's own parameters.
package enum PlannedChange: Codable, Sendable {
    case policy(SetPolicyCall)
    case dataSource(ChangeDataSourceCall)
    case replicator(ChangeReplicatorCall)
    case router(ChangeRouterCall)
    case service(RunServiceCall)
    case move(SwitchCall)
    case failover(FailoverCall)
    case recover(RecoverCall)
    case heartbeat(HeartbeatCall)
    case drain(DrainCall)
    case backup(BackupCall)
    case restore(RestoreCall)
    case reprovision(ReprovisionCall)

    /// Nil for a call that cannot be planned.
    package init?(_ call: any AdminCall) {
        switch call {
        case let call as SetPolicyCall: self = .policy(call)
        case let call as ChangeDataSourceCall: self = .dataSource(call)
        case let call as ChangeReplicatorCall: self = .replicator(call)
        case let call as ChangeRouterCall: self = .router(call)
        case let call as RunServiceCall: self = .service(call)
        case let call as SwitchCall: self = .move(call)
        case let call as FailoverCall: self = .failover(call)
        case let call as RecoverCall: self = .recover(call)
        case let call as HeartbeatCall: self = .heartbeat(call)
        case let call as DrainCall: self = .drain(call)
        case let call as BackupCall: self = .backup(call)
        case let call as RestoreCall: self = .restore(call)
        case let call as ReprovisionCall: self = .reprovision(call)
        default: return nil
        }
    }

    package var call: any AdminCall {
        switch self {
        case .policy(let call): call
        case .dataSource(let call): call
        case .replicator(let call): call
        case .router(let call): call
        case .service(let call): call
        case .move(let call): call
        case .failover(let call): call
        case .recover(let call): call
        case .heartbeat(let call): call
        case .drain(let call): call
        case .backup(let call): call
        case .restore(let call): call
        case .reprovision(let call): call
        }
    }

    private enum Keys: String, CodingKey { case of, with }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        func read<Call: AdminCall>(_ type: Call.Type) throws -> Call {
            try container.decode(type, forKey: .with)
        }
        switch try container.decode(String.self, forKey: .of) {
        case SetPolicyCall.method: self = .policy(try read(SetPolicyCall.self))
        case ChangeDataSourceCall.method: self = .dataSource(try read(ChangeDataSourceCall.self))
        case ChangeReplicatorCall.method: self = .replicator(try read(ChangeReplicatorCall.self))
        case ChangeRouterCall.method: self = .router(try read(ChangeRouterCall.self))
        case RunServiceCall.method: self = .service(try read(RunServiceCall.self))
        case SwitchCall.method: self = .move(try read(SwitchCall.self))
        case FailoverCall.method: self = .failover(try read(FailoverCall.self))
        case RecoverCall.method: self = .recover(try read(RecoverCall.self))
        case HeartbeatCall.method: self = .heartbeat(try read(HeartbeatCall.self))
        case DrainCall.method: self = .drain(try read(DrainCall.self))
        case BackupCall.method: self = .backup(try read(BackupCall.self))
        case RestoreCall.method: self = .restore(try read(RestoreCall.self))
        case ReprovisionCall.method: self = .reprovision(try read(ReprovisionCall.self))
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .of, in: container, debugDescription: "'\(other)' cannot be planned")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        let call = call
        try container.encode(type(of: call).method, forKey: .of)
        try container.encode(call, forKey: .with)
    }
}

/// What a command would do.
package struct PlanReport: Codable, Hashable, Sendable {
    /// The command, such as `switch to east2`.
    package var command: String
    /// What happens, in order, a sentence each.
    package var steps: [String]
    /// What becomes of the site's records.
    package var records: [PlannedRecord]
    /// What to know beyond that, a sentence each.
    package var notes: [String]
    /// Only for a switch.
    package var forecast: SwitchForecast?

    package init(
        command: String, steps: [String], records: [PlannedRecord] = [], notes: [String] = [],
        forecast: SwitchForecast? = nil
    ) {
        self.command = command
        self.steps = steps
        self.records = records
        self.notes = notes
        self.forecast = forecast
    }
}

/// One record that would change.
package struct PlannedRecord: Codable, Hashable, Sendable {
    /// The record's name, such as `datasources/east3`.
    package var key: String
    /// As it is; empty where there is none.
    package var before: String
    /// As it would be; empty where it would go.
    package var after: String

    package init(key: String, before: String, after: String) {
        self.key = key
        self.before = before
        self.after = after
    }
}

/// What a switch would meet if it were made now.
package struct SwitchForecast: Codable, Hashable, Sendable {
    package var from: HostName
    package var to: HostName
    /// Sequence numbers of the site's domain that the candidate has received and executed.
    package var stored: UInt64
    package var applied: UInt64
    /// Transactions of the primary that the candidate has not executed.
    package var missing: UInt64
    /// Seconds; -1 where unknown.
    package var latency: Double
    /// Sessions on the primary's write ports by router: they are cut, new ones wait.
    package var sessions: [RouterSessions]
    /// What the switch would be refused for: transactions and changing statements on the primary that do not end in
    /// time, the oldest with its session, and how many more there are.
    package var blockers: [String]
    /// Milliseconds without writes to be expected, from the switches in the journal; nil where there was none.
    package var gap: Double?
    /// How many switches of the journal that is taken from.
    package var runs: Int

    package init(
        from: HostName, to: HostName, stored: UInt64, applied: UInt64, missing: UInt64, latency: Double,
        sessions: [RouterSessions], blockers: [String], gap: Double?, runs: Int
    ) {
        self.from = from
        self.to = to
        self.stored = stored
        self.applied = applied
        self.missing = missing
        self.latency = latency
        self.sessions = sessions
        self.blockers = blockers
        self.gap = gap
        self.runs = runs
    }
}

/// Open sessions on one data source by way of one router.
package struct RouterSessions: Codable, Hashable, Sendable {
    package var router: HostName
    package var active: Int

    package init(router: HostName, active: Int) {
        self.router = router
        self.active = active
    }
}
