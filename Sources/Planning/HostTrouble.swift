import ClusterModel

/// Something about a host that a person must see to, for no rule can mend it.
package struct HostTrouble: Hashable, Sendable {
    package enum Weight: Int, Comparable, Sendable {
        /// Nothing is wrong yet.
        case warns
        /// Something does not work, and the site goes on without it.
        case diminishes
        /// Writes wait.
        case stops

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    package var weight: Weight
    /// For the REASON row, in capitals; names the file or directory.
    package var text: String
    /// What to do, as a sentence.
    package var advice: String
}

extension HostTrouble {
    /// A disk is almost full where less than both of these is free: bytes, and a share of its size.
    package static let lowBytes: Int64 = 1 << 30
    package static let lowShare = 0.05
    /// How long before its end a certificate is called to mind, in days.
    package static let certificateDays = 30
    /// Clocks that differ by more seconds than this are told of; reports come every second or two.
    package static let clockSeconds = 10.0
    /// A server that executes nothing of what it has received for so many seconds is told of.
    package static let standstillSeconds = 10.0
}

extension DiskReport {
    var isLow: Bool { free < HostTrouble.lowBytes && Double(free) < Double(size) * HostTrouble.lowShare }
}

extension SiteSnapshot {
    /// What a person must see to on a host, the worst first.
    package func troubles(of host: HostName) -> [HostTrouble] {
        guard let report = reports[host] else { return [] }
        let condition = report.condition ?? HostCondition()
        let found =
            condition.disks.compactMap { disk(disk: $0, on: host, report) }
            + condition.certificates.compactMap { certificate($0, of: host, at: report.observedAt) }
            + (condition.member.flatMap(member).map { [$0] } ?? []) + clock(of: host)
            + (report.server.standstill.map { [standstill($0, of: host)] } ?? [])
        // Stable: of the same weight the earlier is more.
        return found.enumerated().sorted { left, right in
            left.element.weight == right.element.weight
                ? left.offset < right.offset : left.element.weight > right.element.weight
        }.map(\.element)
    }

    private func disk(disk: DiskReport, on host: HostName, _ report: HostReport) -> HostTrouble? {
        guard disk.isFull || disk.isLow else { return nil }
        let room = "\(disk.free >> 20) OF \(disk.size >> 20) MiB FREE AT \(disk.path)"
        let what = disk.holds.joined(separator: ", ")
        guard disk.isFull else {
            return HostTrouble(
                weight: .warns, text: "DISK ALMOST FULL (\(what)): \(room)",
                advice: "make room at \(disk.path) on \(host)")
        }
        let isPrimary = host == primary && report.fullServerDisk == disk
        let effect =
            isPrimary
            ? ": COMMITS WAIT FOR ROOM"
            : report.fullServerDisk == disk ? ": IT RECEIVES NO MORE" : ": ITS ETCD MEMBER CANNOT WRITE"
        return HostTrouble(
            weight: isPrimary ? .stops : .diminishes, text: "DISK FULL (\(what)): \(room)\(effect)",
            advice:
                "make room at \(disk.path) on \(host): everything then goes on by itself, the server within a minute"
                + (isPrimary
                    ? "; or move the role: datasource \(host) fail; failover (what waits was acknowledged to nobody)"
                    : ""))
    }

    private func certificate(
        _ certificate: CertificateReport, of host: HostName, at now: WallTime
    ) -> HostTrouble? {
        let isMember = certificate.path.hasSuffix("etcd.pem") || certificate.path.hasSuffix("etcd-ca.pem")
        let renew =
            "put a renewed certificate and its key there; "
            + (isMember
                ? "then restart the manager of \(host)"
                : "manager and server take it up by themselves, but a server that was started with an expired one:"
                    + " service \(host)/mysql restart")
        guard let end = certificate.end else {
            return HostTrouble(
                weight: .diminishes,
                text: "CERTIFICATE \(certificate.path): \(certificate.problem ?? "CANNOT BE READ")",
                advice: renew)
        }
        let left = end.seconds(since: now)
        guard left < Double(HostTrouble.certificateDays) * 86_400 else { return nil }
        guard left > 0 else {
            return HostTrouble(
                weight: .diminishes, text: "CERTIFICATE EXPIRED \(end.utc): \(certificate.path)",
                advice: renew)
        }
        return HostTrouble(
            weight: .warns, text: "CERTIFICATE EXPIRES \(end.utc): \(certificate.path)", advice: renew)
    }

    private func member(_ member: MemberReport) -> HostTrouble? {
        guard member.state != .online || member.problem != nil else { return nil }
        let why = member.problem.map { ": \($0)" } ?? ""
        return HostTrouble(
            weight: .diminishes, text: "ETCD MEMBER \(member.state.rawValue)\(why)",
            advice:
                "its manager starts it again by itself; the site goes on while a majority of members works")
    }

    private func standstill(_ report: StandstillReport, of host: HostName) -> HostTrouble {
        HostTrouble(
            weight: .diminishes,
            text: "EXECUTES NOTHING OF WHAT IT HAS RECEIVED FOR \(Int(report.seconds)) s"
                + (report.doing.first.map { ": \($0)" } ?? ""),
            advice:
                "let a long transaction or a change of a large table end; where nothing like that runs:"
                + " service \(host)/mysql restart")
    }

    private func clock(of host: HostName) -> [HostTrouble] {
        guard let skew = clockSkew(of: host), abs(skew) > HostTrouble.clockSeconds else { return [] }
        let seconds = Int(abs(skew).rounded())
        return [
            HostTrouble(
                weight: .warns, text: "CLOCK \(seconds) s \(skew > 0 ? "AHEAD OF" : "BEHIND") THE OTHERS",
                advice:
                    "set the clock of \(host); leases and fences do not depend on it, times in 'ls' and 'history' do"
            )
        ]
    }

    /// By how many seconds a host's clock is ahead of the middle one of the site's clocks; nil where too few are known
    /// to say whose is wrong.
    package func clockSkew(of host: HostName) -> Double? {
        guard clocks.count >= 3, let own = clocks[host] else { return nil }
        return own - clocks.values.sorted()[clocks.count / 2]
    }
}
