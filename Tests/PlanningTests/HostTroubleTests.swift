import ClusterModel
import ClusterTestKit
import Planning
import Testing

@Suite struct HostTroubleTests {
    private let day: Int64 = 86_400_000

    private func site(_ host: HostName, _ change: (inout HostCondition) -> Void) -> SiteSnapshot {
        var condition = HostCondition()
        change(&condition)
        return SiteSnapshot.healthy().with { $0.reports[host]?.condition = condition }
    }

    private func alert(_ site: SiteSnapshot, _ host: HostName) -> (AlertStatus?, String?) {
        let status = site.status(answeredBy: "east3", quorum: true, age: 0, includingReports: false)[host]
        return (status?.alert, status?.alertMessage)
    }

    private func disk(_ free: Int64, _ holds: String...) -> DiskReport {
        DiskReport(holds: holds, path: "/data", size: 100 << 30, free: free << 20)
    }

    @Test func `room is enough, little or none, and that is told by role`() {
        for (host, free, expected) in [
            ("east1", 2000, nil), ("east1", 900, ("WARN", "DISK ALMOST FULL")),
            ("east1", 7, ("CRITICAL", "DISK FULL (data): 7 OF 102400 MiB FREE AT /data: COMMITS WAIT")),
            (
                "east2", 0,
                ("DIMINISHED", "DISK FULL (data): 0 OF 102400 MiB FREE AT /data: IT RECEIVES NO MORE")
            ),
        ] as [(HostName, Int64, (String, String)?)] {
            let site = site(host) { $0.disks = [disk(free, DiskReport.data)] }
            let (status, text) = alert(site, host)
            #expect(status?.rawValue == expected?.0 ?? "OK")
            #expect(text?.hasPrefix(expected?.1 ?? "") == true, "\(text ?? "")")
        }
    }

    @Test func `a full disk under etcd alone keeps nobody from being the primary`() {
        let etcd = site("east2") { $0.disks = [disk(0, DiskReport.etcd)] }
        #expect(alert(etcd, "east2").1?.hasSuffix("ITS ETCD MEMBER CANNOT WRITE") == true)
        #expect(CandidateRanking(etcd, needsLink: true).candidates.map(\.host) == ["east2", "east3"])
        let data = site("east2") { $0.disks = [disk(0, DiskReport.binaryLog, DiskReport.etcd)] }
        let ranking = CandidateRanking(data, needsLink: false)
        #expect(ranking.candidates.map(\.host) == ["east3"])
        #expect(ranking.objections["east2"] == .diskFull("/data"))
    }

    @Test func `a primary whose commits wait for room does not switch, unless that is forced`() throws {
        let site = site("east1") { $0.disks = [disk(0, DiskReport.data)] }
        #expect(throws: PlanRefusal.primaryDiskFull("east1", "/data")) {
            _ = try SwitchPlanner.plan(to: nil, in: site, force: false)
        }
        _ = try SwitchPlanner.plan(to: nil, in: site, force: true)
        // No failure of the server: no rule begins a failover.
        #expect(!Rules.verdicts(failing: "east1", in: site).allHold)
    }

    @Test func `a server that executes nothing for long is told of, with what it waits for`() {
        let site = SiteSnapshot.healthy().with {
            $0.reports["east2"]?.server.standstill = StandstillReport(
                seconds: 12, doing: ["Waiting for table metadata lock: ALTER TABLE app.t (12 s)"])
        }
        let (status, text) = alert(site, "east2")
        #expect(status?.rawValue == "DIMINISHED")
        #expect(
            text
                == "EXECUTES NOTHING OF WHAT IT HAS RECEIVED FOR 12 s: Waiting for table metadata lock: ALTER TABLE app.t"
                + " (12 s)")
        #expect(alert(site, "east1").0?.rawValue == "OK")
    }

    @Test func `a certificate's end is called to mind, and then told`() {
        let now = WallTime(milliseconds: 2_000)
        for (days, expected) in [
            (31, ("OK", "")), (29, ("WARN", "CERTIFICATE EXPIRES 1970-01-30 00:00 UTC: /host.pem")),
            (0, ("DIMINISHED", "CERTIFICATE EXPIRED 1970-01-01 00:00 UTC: /host.pem")),
        ] as [(Int64, (String, String))] {
            let end = WallTime(milliseconds: now.milliseconds + days * day - (days == 0 ? 1000 : 0))
            let site = site("east2") { $0.certificates = [CertificateReport(path: "/host.pem", end: end)] }
            let (status, text) = alert(site, "east2")
            #expect(status?.rawValue == expected.0 && text == expected.1)
        }
        let none = site("east2") {
            $0.certificates = [CertificateReport(path: "/x.pem", end: nil, problem: "CANNOT BE READ")]
        }
        #expect(alert(none, "east2").1 == "CERTIFICATE /x.pem: CANNOT BE READ")
    }

    @Test func `a member of etcd that does not work is told with its words`() {
        let site = site("east3") { $0.member = MemberReport(state: .stopped, problem: "no space left") }
        #expect(alert(site, "east3") == (.diminished, "ETCD MEMBER STOPPED: no space left"))
        let well = self.site("east3") { $0.member = MemberReport(state: .online) }
        #expect(alert(well, "east3") == (.ok, ""))
    }

    @Test func `the clock that differs from the most is the wrong one`() {
        var site = SiteSnapshot.healthy()
        // As the host with the wrong clock sees it, and as another does.
        for clocks in [
            ["east1": 0, "east2": -3600, "east3": -3599.5], ["east1": 3600, "east2": 0, "east3": 0.5],
        ]
            as [[HostName: Double]]
        {
            site.clocks = clocks
            #expect(alert(site, "east1") == (.warn, "CLOCK 3600 s AHEAD OF THE OTHERS"))
            #expect(alert(site, "east2") == (.ok, "") && alert(site, "east3") == (.ok, ""))
        }
        site.clocks = ["east1": 0, "east2": 7200]
        #expect(alert(site, "east2") == (.ok, ""), "of two nobody knows which")
        site.clocks = ["east1": 0, "east2": -100, "east3": 1]
        #expect(alert(site, "east2").1 == "CLOCK 100 s BEHIND THE OTHERS")
    }

    @Test func `a command under a clock that was wrong is not waited for`() {
        let now = WallTime(milliseconds: 10_000_000)
        for (age, isSettled) in [(-3_600_000, true), (-1_000, false), (1_000, false), (3_000, true)] {
            let site = SiteSnapshot.healthy().with {
                $0.set("east2", .offline)
                $0.records.dataSources["east2"]?.changedAt = WallTime(
                    milliseconds: now.milliseconds - Int64(age))
            }
            let changes = Rules.changes(in: site, now: now)
            #expect(changes.map(\.host) == (isSettled ? ["east2"] : []))
        }
    }
}
