import ClusterModel
import ClusterTestKit
import Planning
import Testing

@Suite struct StatusTests {
    private func status(
        _ host: HostName, receives: [SiteName] = [], _ change: (inout SiteSnapshot) -> Void
    ) throws -> DataSourceStatus {
        let site = SiteSnapshot.healthy(receives: receives).with(change)
        let status = site.status(answeredBy: "east3", quorum: true, age: 0.5, includingReports: false)
        return try #require(status[host])
    }

    @Test func `a primary that is closed, or alone with its writes, is not called OK`() throws {
        for (problem, change) in [
            ("NOT OPEN FOR WRITES", { (server: inout ServerReport) in server.readOnly = true }),
            ("NO REPLICA CONFIRMS", { (server: inout ServerReport) in server.semiSyncReplicas = 0 }),
        ] {
            var site = SiteSnapshot.healthy()
            if var report = site.reports["east1"] {
                change(&report.server)
                site.reports["east1"] = report
            }
            let status = site.status(answeredBy: "east3", quorum: true, age: 0, includingReports: false)
            #expect(status["east1"]?.alert == .diminished)
            #expect(status["east1"]?.alertMessage.hasPrefix(problem) == true)
        }
    }

    @Test func `a primary where another site's writes stopped is not called OK`() throws {
        let status = try status("east1", receives: ["west"]) { site in
            let link = LinkReport(
                name: "west", sourceHost: "west1", receiving: true, connecting: false, applying: false,
                receiveError: 0, applyError: 1114, errorText: "The table is full", tls: true,
                received: GTIDPosition(), secondsBehind: nil)
            site.reports["east1"]?.server.links = [link]
        }
        #expect(status.alert == .diminished)
        #expect(status.alertMessage == "SERVICE 'west' STOPPED: The table is full")
    }

    @Test func `a healthy site is OK everywhere`() throws {
        let site = SiteSnapshot.healthy().with { $0.reports["east1"]?.server.latency = 0.002 }
        let status = site.status(answeredBy: "east3", quorum: true, age: 0.5, includingReports: true)
        #expect(status.site == "east" && status.answeredBy == "east3" && status.coordinator == "east1")
        #expect(status.quorum && status.age == 0.5 && status.policy == .automatic)
        #expect(status.dataSources.map(\.name) == ["east1", "east2", "east3"])
        #expect(
            status.dataSources.allSatisfy { $0.alert == .ok && $0.alertMessage.isEmpty && $0.report != nil })
        #expect(status["east1"]?.replicator?.role == .primary)
        #expect(status["east1"]?.replicator?.progress == 100 && status["east1"]?.replicator?.latency == 0.002)
        #expect(status["east2"]?.replicator?.source == "east1")
        #expect(status.routers.map(\.state) == [.online, .online, .online])
    }

    @Test func `a manager that no majority confirms shows every data source SHUNNED`() {
        let site = SiteSnapshot.healthy()
        let status = site.status(answeredBy: "east3", quorum: false, age: 9.5, includingReports: false)
        #expect(!status.quorum && status.age == 9.5)
        #expect(status.dataSources.map(\.role) == [.primary, .replica, .replica])
        #expect(
            status.dataSources.allSatisfy {
                $0.state == .shunned && $0.reason == "FAILSAFE_SHUN" && $0.alert == .shunned
            })
    }

    @Test func `a lost host's server shows what is seen over the network`() {
        var site = SiteSnapshot.healthy().with { $0.reports["east2"] = nil }
        func server() -> ComponentState? {
            site.status(answeredBy: "east1", quorum: true, age: 0, includingReports: false)["east2"]?.server
        }
        #expect(server() == .unknown)
        site.sights["east2"] = HostSight(server: .stopped, manager: .stopped, looks: 1)
        #expect(server() == .unknown, "once is not enough")
        site.sights["east2"]?.looks = 2
        #expect(server() == .stopped)
    }

    @Test func `a host without its manager shows what can be known`() throws {
        let lost = WallTime(milliseconds: 60_000)
        let source = try status("east2") { site in
            site.reports["east2"] = nil
            site.lost["east2"] = lost
        }
        #expect(source.manager == .stopped && source.server == .unknown && source.replicator == nil)
        #expect(source.alert == .diminished && source.alertMessage == "MANAGER STOPPED")
        #expect(source.alertTime == lost && source.report == nil && !source.tls)
        let site = SiteSnapshot.healthy().with { $0.reports["east2"] = nil }
        let routers = site.status(answeredBy: "east1", quorum: true, age: 0, includingReports: false).routers
        #expect(
            routers[1]
                == RouterStatus(host: "east2", pid: 0, state: .unknown, connections: ConnectionCounts()))
    }

    @Test func `a stopped server is told apart from its record`() throws {
        let source = try status("east1") { site in
            site.reports["east1"]?.server.state = .stopped
            site.reports["east1"]?.server.changedAt = WallTime(milliseconds: 70_000)
        }
        #expect(source.alert == .diminished && source.alertMessage == "DATASERVER STOPPED")
        #expect(source.replicator?.state == .degraded)
        #expect(source.alertTime == WallTime(milliseconds: 70_000))
        let replica = try status("east2") { $0.reports["east2"]?.server.state = .timeout }
        #expect(replica.alertMessage == "DATASERVER TIMEOUT" && replica.replicator?.state == .suspect)
    }

    @Test func `records that are not ONLINE decide the status`() throws {
        let failed = try status("east2") { $0.set("east2", .failed, reason: "MANUALLY-FAILED") }
        #expect(failed.alert == .critical && failed.alertMessage == "MANUALLY-FAILED")
        let shunned = try status("east2") { $0.set("east2", .shunned, reason: "MANUALLY-SHUNNED") }
        #expect(
            shunned.alert == .shunned && shunned.alertMessage.isEmpty && shunned.reason == "MANUALLY-SHUNNED")
        let offline = try status("east2") { $0.set("east2", .offline) }
        #expect(offline.alert == .warn && offline.alertMessage.isEmpty)
        #expect(offline.alertTime == WallTime(milliseconds: 1_000))
    }

    @Test func `the state of a replicator is seen`() throws {
        let stopped = try status("east2") { site in
            site.reports["east2"]?.server.links[0].receiving = false
            site.reports["east2"]?.server.links[0].applying = false
        }
        #expect(stopped.alert == .diminished && stopped.alertMessage == "REPLICATOR OFFLINE")
        let broken = try status("east2") { site in
            site.reports["east2"]?.server.links[0].applying = false
            site.reports["east2"]?.server.links[0].applyError = 1062
            site.reports["east2"]?.server.links[0].errorText = "Duplicate entry '1'"
        }
        #expect(broken.alertMessage == "REPLICATOR SUSPECT: Duplicate entry '1'")
        let none = try status("east2") { $0.reports["east2"]?.server.links = [] }
        #expect(none.alertMessage == "REPLICATOR STOPPED" && none.replicator == nil)
        let synchronizing = try status("east2") { site in
            site.reports["east2"]?.server.links[0].receiving = false
            site.reports["east2"]?.server.links[0].connecting = true
        }
        #expect(synchronizing.alert == .ok && synchronizing.replicator?.state == .synchronizing)
    }

    @Test func `an operation shows as policy MAINTENANCE`() {
        let site = SiteSnapshot.healthy().with { $0.operation = .sample }
        let status = site.status(answeredBy: "east1", quorum: true, age: 0, includingReports: false)
        #expect(status.policy == .maintenance && status.operation == .sample)
    }

    @Test func `a data source's connections are those of all routers together`() throws {
        let source = try status("east2") { site in
            site.reports["east1"]?.router.byDataSource["east2"] = ConnectionCounts(created: 5, active: 2)
            site.reports["east3"]?.router.byDataSource["east2"] = ConnectionCounts(created: 7, active: 1)
        }
        #expect(source.connections == ConnectionCounts(created: 12, active: 3))
        #expect(try status("east2") { _ in }.connections == nil)
    }

    @Test func `one connection without TLS takes the mark away`() throws {
        #expect(try status("east1") { _ in }.tls)
        #expect(try status("east2") { _ in }.tls)
        func plain(_ site: inout SiteSnapshot) { site.reports["east2"]?.server.links[0].tls = false }
        #expect(try !status("east1", plain).tls)
        #expect(try !status("east2", plain).tls)
        #expect(try status("east3", plain).tls)
        #expect(try !status("east2") { $0.reports["east2"]?.server.links[0].receiving = false }.tls)
    }

    @Test func `a service is shown with the host that carries it`() throws {
        let site = SiteSnapshot.healthy(receives: ["west"]).with { site in
            var link = LinkReport.following("west1")
            link.name = "west"
            site.reports["east1"]?.server.links = [link]
            site.records.services["west"] = .offline
        }
        let service = try #require(site.services.first)
        #expect(service.name == "west" && service.carrier == "east1" && service.wanted == .offline)
        #expect(service.link?.sourceHost == "west1" && service.executed == "1-1-100")
        let idle = try #require(SiteSnapshot.healthy(receives: ["west"]).services.first)
        #expect(idle.carrier == nil && idle.link == nil && idle.wanted == .online)
    }

    @Test func `any site at all has a status`() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<1_000 {
            let site = SiteSnapshot.random(using: &generator)
            let status = site.status(answeredBy: "east1", quorum: true, age: 0, includingReports: true)
            #expect(status.dataSources.map(\.name) == site.shape.hosts.sorted())
            #expect(status.routers.map(\.host) == site.shape.routers)
        }
    }
}
