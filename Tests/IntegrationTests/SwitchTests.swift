import ClusterHarness
import MariaDBClient
import ServerHarness
import Testing

extension IntegrationTests {
    @Suite struct SwitchTests {
        @Test(arguments: [false, true])
        func `a switch under load loses nothing, and ls is right everywhere at once`(connectEachTime: Bool)
            async throws
        {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            let new = old == "east2" ? "east3" : "east2"
            try await cluster.underLoad("east", connectEachTime: connectEachTime) {
                let run = try await cluster.done("east1", "switch to \(new)")
                for step in [
                    "SELECTED SLAVE: \(new)@east",
                    "PURGE REMAINING ACTIVE SESSIONS ON CURRENT MASTER '\(old)@east'",
                    "FLUSH TRANSACTIONS ON CURRENT MASTER '\(old)@east'",
                    "PUT THE NEW MASTER '\(new)@east' ONLINE",
                    "PUT THE PRIOR MASTER '\(old)@east' ONLINE AS A SLAVE",
                    "REVERT POLICY: MAINTENANCE => AUTOMATIC",
                ] { #expect(run.output.contains(step), "\(run.output)") }
                #expect(run.lastLine == "SWITCH TO '\(new)@east' WAS SUCCESSFUL")
                // What a writer through a router saw is part of the receipt.
                let receipt = try #require(
                    run.output.split(separator: "\n").first { $0.hasPrefix("RECEIPT:") })
                #expect(receipt.contains(" (a writer at east"), "\(receipt)")
                let coordinator = try await cluster.coordinator("east")
                for host in cluster.hosts(of: "east") where host != coordinator {
                    try await cluster.listing(host, "the new order", seconds: 3) {
                        $0.isWhole(cluster.hosts(of: "east"), primary: new)
                    }
                }
            }
            #expect(await cluster.writable("east") == [new])
            try await cluster.flows(from: "east1", to: "west", "after a switch \(connectEachTime)")
            try await cluster.flows(from: "west1", to: "east", "the way back \(connectEachTime)")
        }

        @Test func `five switches without a name, on both sites at the same time`() async throws {
            let cluster = try await cluster()
            try await cluster.underLoad("east") {
                try await cluster.underLoad("west", clients: 4) {
                    async let east: Void = Self.fiveTimes("east", cluster)
                    async let west: Void = Self.fiveTimes("west", cluster)
                    _ = try await (east, west)
                }
            }
            try await cluster.whole()
            try await cluster.flows(from: "east2", to: "west", "after many switches")
            try await cluster.flows(from: "west3", to: "east", "after many switches over there")
            try await cluster.identical()
        }

        private static func fiveTimes(_ site: String, _ cluster: RunningCluster) async throws {
            let hosts = cluster.hosts(of: site)
            for number in 0..<5 {
                let host = hosts[number % hosts.count]
                let run = try await cluster.done(host, "switch")
                #expect(
                    run.lastLine.hasPrefix("SWITCH TO '\(site)") && run.lastLine.hasSuffix("WAS SUCCESSFUL"))
                try await cluster.whole(site, seconds: 20)
            }
        }

        @Test func `a switch that was refused is resumed, and one that was done is undone`() async throws {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            let session = try cluster.session(old, .server)
            try await session.execute(
                "CREATE TABLE IF NOT EXISTS app.open (a INT PRIMARY KEY)", deadline: .seconds(20))
            try await session.execute("BEGIN", deadline: .seconds(20))
            try await session.execute("INSERT INTO app.open VALUES (1)", deadline: .seconds(20))
            try await cluster.refused("east1", "switch", status: 3, "an open transaction on '\(old)'")
            try await session.execute("ROLLBACK", deadline: .seconds(20))

            let refused = try await Self.newest("switch", cluster)
            try await cluster.refused(
                "east1", "operation undo \(refused)", status: 3, "failed, and left nothing")
            let resumed = try await cluster.done("east1", "operation resume \(refused)")
            #expect(resumed.lastLine.hasSuffix("WAS SUCCESSFUL"), "\(resumed.text)")
            let new = try await cluster.primary("east")
            #expect(new != old)
            try await cluster.whole("east", primary: new)

            let done = try await Self.newest("switch to \(new)", cluster)
            try await cluster.refused("east1", "operation resume \(done)", status: 3, "is done")
            let undone = try await cluster.done("east1", "operation undo \(done)")
            #expect(undone.lastLine == "SWITCH TO '\(old)@east' WAS SUCCESSFUL", "\(undone.text)")
            try await cluster.whole("east", primary: old)
            try await cluster.refused(
                "east1", "operation undo \(done)", status: 3, "has moved the primary role since")
            #expect(await cluster.writable("east") == [old])
        }

        /// The newest entry of a command.
        private static func newest(_ command: String, _ cluster: RunningCluster) async throws -> String {
            let list = try await cluster.done("east1", "history 50 --fields id,command")
            let row = list.output.split(separator: "\n").first { $0.hasSuffix("\t\(command)") }
            return String(try #require(row?.split(separator: "\t").first, "\(list.text)"))
        }

        @Test func `ten thousand inserts on both sites end with identical servers`() async throws {
            let cluster = try await cluster()
            let maker = try cluster.session("east1", .write)
            try await maker.execute("DROP TABLE IF EXISTS app.numbers", deadline: .seconds(20))
            try await maker.execute(
                """
                CREATE TABLE app.numbers (id BIGINT AUTO_INCREMENT PRIMARY KEY, writer VARCHAR(20) NOT NULL, \
                number INT NOT NULL)
                """, deadline: .seconds(20))
            try await cluster.same("SELECT COUNT(*) FROM app.numbers")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<20 {
                    let host = cluster.hosts()[writer % 6]
                    group.addTask {
                        let session = try cluster.session(host, .write)
                        for number in 0..<500 {
                            try await session.execute(
                                "INSERT INTO app.numbers (writer, number) VALUES ('\(host)-\(writer)', \(number))",
                                deadline: .seconds(30))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let counts = try await cluster.same(
                "SELECT COUNT(*), COUNT(DISTINCT id), COUNT(DISTINCT writer, number) FROM app.numbers")
            #expect(counts == "10000\t10000\t10000")
            try await cluster.identical()
        }
    }
}
