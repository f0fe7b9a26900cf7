import ClusterModel
import LoadKit
import SandboxKit
import SiteConfiguration

/// What a benchmark of failovers does to the primary.
package enum FailoverKind: String, CaseIterable, Sendable {
    case serverKill = "server-kill"
    case serverStop = "server-stop"
    case hostKill = "host-kill"
    case hostCut = "host-cut"

    var fault: FaultKind {
        switch self {
        case .serverKill: .primaryKill
        case .serverStop: .primaryStop
        case .hostKill: .hostKill
        case .hostCut: .hostCut
        }
    }

    package var needsNetwork: Bool { fault.needsNetwork }

    /// How long writes go on before.
    ///
    /// The member of etcd on a new primary's host hands the lead on 3 s after the last operation; a host that goes before
    /// that takes the leader with it, which is measured by the faults of a soak.
    ///
    /// Leases are renewed every 0.6 s, and a site is seen to be whole when one has been: without these different times
    /// each fault would come as long after a renewal as the one before it.
    func lead(_ number: Int) -> Duration {
        let spread = Duration.milliseconds(number * 370 % 600)
        return switch self {
        case .serverKill, .serverStop: .milliseconds(500) + spread
        case .hostKill, .hostCut: .seconds(4) + spread
        }
    }
}

extension FaultRun {
    /// Takes the primary of a site away again and again, waits until another one has its place, and brings it back.
    ///
    /// - Throws: `FaultViolation` where a promise was broken, or nobody took its place.
    package mutating func failovers(_ kind: FailoverKind, count: Int, site: SiteName) async throws {
        let sampler = cluster.sampler
        let sampling = Task { await sampler.run() }
        defer { sampling.cancel() }
        try await settle()
        for number in 1...count {
            let fault = PlannedFault(
                number: number, kind: kind.fault, site: site, length: .zero, pick: 0, lead: kind.lead(number))
            records.append(try await perform(fault, waitsForFailover: true))
            let record = records[records.count - 1]
            let gap = record.gap.map { "\(seconds($0 / 1000)) s" } ?? "none came"
            log.line(
                "\(number) \(kind.rawValue): \(record.deed); writes again after \(gap), whole after "
                    + "\(seconds(record.whole)) s\(record.helped ? " with help" : "")")
        }
        try await compareAll()
        log.line(figures(kind))
    }

    private func figures(_ kind: FailoverKind) -> String {
        let gaps = records.compactMap(\.gap).sorted()
        let median = gaps.isEmpty ? "-" : seconds(gaps[gaps.count / 2] / 1000)
        let maximum = gaps.last.map { seconds($0 / 1000) } ?? "-"
        let (lost, repeated) = (records.reduce(0) { $0 + $1.lost }, records.reduce(0) { $0 + $1.repeated })
        let written = records.reduce(0) { $0 + $1.acknowledged }
        return "\(kind.rawValue), \(records.count) times: gap median \(median) s, max \(maximum) s; "
            + "\(written) acknowledged, lost \(lost), repeated \(repeated)"
    }

    /// Waits until another server than `old` takes writes, and they are acknowledged.
    func awaitSuccessor(of old: HostName, _ fault: PlannedFault, _ loads: [SiteLoad]) async throws -> HostName
    {
        let sampler = cluster.sampler
        var found: HostName?
        _ = try await cluster.wait(seconds: 60) {
            found = sampler.writable(fault.site).first { $0 != old }
            return found != nil
        }
        guard let found else {
            throw FaultViolation("nobody took the place of the primary '\(old)' within a minute")
        }
        let load = loads.first { $0.site == fault.site }
        let before = load?.load.confirmed ?? 0
        let flows = try await cluster.wait(seconds: 60) { (load?.load.confirmed ?? 0) > before + 20 }
        guard flows else { throw FaultViolation("'\(found)' takes writes, and none are acknowledged") }
        return found
    }
}
