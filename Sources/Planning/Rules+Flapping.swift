import ClusterModel

/// What comes and goes again and again is left alone: each return cuts sessions, each failover stops writes.
///
/// The records themselves tell how often the rules have acted, so that every coordinator judges alike; an operator's
/// `recover` writes a record without that, and so begins anew.
extension Rules {
    /// Returns within so many seconds are counted.
    package static let flappingSeconds = 600.0
    /// How the reason is marked of a data source that the rules do not bring back any more.
    package static let flapping = "FLAPPING"

    /// The times at which the rules have brought a data source back lately, with `now` as the last.
    package static func returns(of record: DataSourceRecord, and now: WallTime) -> [WallTime] {
        recent(record.returns, now) + [now]
    }

    /// Failovers of late, with `now` as the last.
    package static func failovers(before primary: PrimaryRecord?, and now: WallTime) -> [WallTime] {
        recent(primary?.failovers, now) + [now]
    }

    private static func recent(_ times: [WallTime]?, _ now: WallTime) -> [WallTime] {
        (times ?? []).filter { now.seconds(since: $0) < flappingSeconds }
    }

    /// Whether a data source has not come back too often to be brought back once more.
    static func steady(_ host: HostName, in snapshot: SiteSnapshot, now: WallTime) -> Verdict {
        let record = snapshot.record(of: host)
        let times = recent(record.returns, now)
        let limit = snapshot.shape.flappingLimit
        let isFlapping = record.reason.contains(flapping) || (limit > 0 && times.count >= limit)
        return Verdict(
            .steady, of: host, !isFlapping,
            seen: isFlapping
                ? "it came back again and again"
                : "back \(times.count) times in \(Int(flappingSeconds / 60)) min",
            since: times.first)
    }

    /// Whether the last failover is long enough ago for one that no operator asks for.
    ///
    /// The first after a quiet time does not wait; the next may come after 5 s, and each further after twice as long.
    static func rested(in snapshot: SiteSnapshot, now: WallTime) -> Verdict {
        let times = recent(snapshot.records.primary?.failovers, now)
        guard snapshot.shape.flappingLimit > 0, let last = times.last else {
            return Verdict(.rested, true, seen: "no failover of late")
        }
        let pause = min(60, 5 * Double(1 << min(times.count - 1, 4)))
        let age = now.seconds(since: last)
        return Verdict(
            .rested, age >= pause || age < 0,
            seen:
                "\(times.count) in \(Int(flappingSeconds / 60)) min: the next not before \(Int(pause)) s have passed",
            since: last)
    }

    /// The same record with the reason why it is left alone; nil where it is told already, or is not so.
    static func damped(
        _ host: HostName, _ verdicts: [Verdict], in snapshot: SiteSnapshot, now: WallTime
    ) -> Change? {
        let record = snapshot.record(of: host)
        guard !record.reason.contains(flapping), let steady = verdicts.first(where: { $0.rule == .steady }),
            !steady.holds, verdicts.allSatisfy({ $0.holds || $0.rule == .steady })
        else { return nil }
        let count = recent(record.returns, now).count
        let why = "\(flapping): BACK \(count) TIMES IN \(Int(flappingSeconds / 60)) MIN"
        let former = record.reason.hasPrefix(failedOver) ? "\(record.reason), " : ""
        var changed = record
        changed.reason = "\(former)\(why); datasource \(host) recover"
        changed.changedAt = now
        return Change(
            host: host, record: changed,
            why: "\(host) is not brought back any more: it came back \(count) times within"
                + " \(Int(flappingSeconds / 60)) minutes; 'datasource \(host) recover' does")
    }
}
