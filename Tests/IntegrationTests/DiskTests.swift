import ClusterHarness
import MariaDBClient
import SandboxKit
import ServerHarness
import SiteConfiguration
import Testing

extension IntegrationTests {
    /// Disks without room: everything waits or goes on without, is told, and goes on when there is room.
    @Suite(.enabled(if: SmallDisk.isPermitted, "this machine does not let us mount disks of memory"))
    struct DiskTests {
        @Test func `a full disk under the primary makes commits wait, and under etcd costs one member`()
            async throws
        {
            let cluster = try await cluster()
            let primary = try await cluster.replicas("east")[0]
            try await cluster.giveDisk(400, "\(primary)/mysql")
            let member = try await cluster.replicas("west")[0]
            try await cluster.giveDisk(256, "\(member)/etcd")
            try await cluster.whole()
            try await cluster.done(primary, "switch to \(primary)")
            try await cluster.whole("east", primary: primary)
            try await cluster.flows(from: primary, to: "west", "disk: before")
            try await cluster.oneWriter("east") {
                // Commits wait, somebody is told, and nobody takes the role away.
                try await cluster.fill("\(primary)/mysql")
                let writing = Task { try await cluster.write("waits", at: primary) }
                try await cluster.waitsForRoom(primary)
                try await cluster.seesFullDisk(of: primary)
                // Room again: the server looks about once a minute. Meanwhile the other site loses a member of etcd.
                try await cluster.free("\(primary)/mysql")
                try await cluster.losesMember(member, of: "west")
                #expect(try await writing.value == RunningCluster.marks)
                try await cluster.whole("east", primary: primary)
            }
            #expect(try await cluster.same(count("waits")) == "\(RunningCluster.marks)")

            // Who will not wait moves the role by hand; what waited was acknowledged to nobody.
            var acknowledged = 0
            try await cluster.oneWriter("east") {
                try await cluster.fill("\(primary)/mysql")
                let writing = Task { try await cluster.write("moved", at: primary) }
                try await cluster.waitsForRoom(primary)
                let asked = try await cluster.replicas("east")[0]
                try await cluster.done(asked, "datasource \(primary) fail; failover")
                acknowledged = try await writing.value
                #expect(acknowledged < RunningCluster.marks)
                let new = try await cluster.primary("east")
                #expect(new != primary)
                try await cluster.flows(from: new, to: "west", "disk: after the failover")
                try await cluster.free("\(primary)/mysql")
                // Its manager starts it again, and makes it a replica.
                try await cluster.whole("east", primary: new)
            }
            #expect(try await cluster.same(count("moved")) == "\(acknowledged)")
            // Other tests exchange whole data directories.
            try await cluster.takeDisk("\(primary)/mysql")
            try await cluster.takeDisk("\(member)/etcd")
            try await cluster.whole()
            try await cluster.identical()
        }

        private func count(_ mark: String) -> String {
            "SELECT COUNT(*) FROM app.marks WHERE mark LIKE 'disk: \(mark) %'"
        }
    }
}

extension RunningCluster {
    fileprivate func takeDisk(_ place: String) async throws {
        let sandbox = sandbox
        try await besideTasks { try sandbox.removeDisk(Place(place)) }
    }

    fileprivate func giveDisk(_ mebibytes: Int, _ place: String) async throws {
        let sandbox = sandbox
        try await besideTasks { try sandbox.makeDisk(Place(place), mebibytes: mebibytes) }
    }

    fileprivate func fill(_ place: String) async throws {
        let sandbox = sandbox
        try await besideTasks { try sandbox.fill(Place(place)) }
    }

    fileprivate func free(_ place: String) async throws {
        let sandbox = sandbox
        try await besideTasks { try sandbox.empty(Place(place)) }
    }

    /// More than fits where the log ends: a page that was begun takes a few.
    fileprivate static let marks = 60

    /// Writes one mark after the other until one gets no acknowledgement.
    /// - Returns: how many were acknowledged.
    fileprivate func write(_ mark: String, at host: String) async throws -> Int {
        let writer = try session(host)
        for number in 0..<Self.marks {
            do {
                try await writer.execute(
                    "INSERT INTO app.marks VALUES ('disk: \(mark) \(number)')", deadline: .seconds(150))
            } catch {
                return number
            }
        }
        return Self.marks
    }

    /// Waits until a commit waits for room, by the server's own words.
    fileprivate func waitsForRoom(_ host: String) async throws {
        let look = try managerSession(host)
        try await eventually("a commit waits for room on \(host)") {
            let rows = try? await look.query(
                "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for someone to free%'",
                deadline: .seconds(10))
            return rows?.first?[0] == "1"
        }
    }

    /// `ls`, `why`, `cluster validate` and `switch` all say what it is and where.
    fileprivate func seesFullDisk(of primary: String) async throws {
        let path = try paths(primary).serverData
        let asked = try await replicas("east")[0]
        let listing = try await listing(asked, "the full disk") { $0[primary].contains("DISK FULL") }
        #expect(listing[primary].contains("(master:ONLINE") && listing[primary].contains("[CRITICAL]"))
        #expect(listing.description.contains("COMMITS WAIT"), "\(listing)")
        let why = try await done(asked, "why \(primary)")
        #expect(why.text.contains(path) && why.text.contains("make room"), "\(why.text)")
        let validate = try await done(asked, "cluster validate")
        #expect(validate.text.contains("PROBLEM: \(primary): DISK FULL"), "\(validate.text)")
        try await refused(
            asked, "switch", status: 3, "the disk of the primary '\(primary)' is full at \(path)",
            "datasource \(primary) fail; failover")
        #expect(await writable("east") == [primary])
    }

    /// The other members go on; the one without room is named, with its own words, and comes back by itself.
    fileprivate func losesMember(_ host: String, of site: String) async throws {
        try await fill("\(host)/etcd")
        let primary = try await primary(site)
        let listing = try await listing(primary, "the member has ended") {
            $0[host].contains("ETCD MEMBER STOPPED") || $0[host].contains("DISK FULL")
        }
        #expect(listing[host].contains("(slave:ONLINE"), "\(listing)")
        try await eventually("the member's own words") {
            let run = try? await self.cctrl(primary, "cluster validate")
            return run?.output.contains("no space left on device") == true
        }
        let validate = try await done(primary, "cluster validate")
        #expect(validate.text.contains("PROBLEM: \(host): DISK FULL (etcd)"), "\(validate.text)")
        // Its end may have cost the others an election.
        try await eventually("the other members are a majority") {
            let run = try? await self.cctrl(primary, "cluster validate")
            return run?.output.contains("VALIDATION STATUS=VALID CLUSTER") == true
        }
        try await flows(from: primary, to: site, "disk: with two members")
        let next = try #require(hosts(of: site).first { $0 != host && $0 != primary })
        try await eventually("a switch with two members") {
            (try? await self.cctrl(primary, "switch to \(next)"))?.status == 0
        }
        try await free("\(host)/etcd")
        try await whole(site)
    }
}
