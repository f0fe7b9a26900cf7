import ClusterModel
import Shell
import Testing

/// The samples A1, A3, A4, A6 and A8 to A11 of the classic output, to the character.
@Suite struct ListingTests {
    private func box(_ source: DataSourceStatus) throws -> String {
        let view = StatusView(try Sample.site("alpha"), time: .utc)
        return view.lines(of: source, long: false).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func source(
        _ name: String, _ role: DataSourceRole, master: String, progress: Int64, latency: Double, time: Int64
    )
        throws -> DataSourceStatus
    {
        Sample.source(
            try Sample.host(name), role, of: try Sample.host(master), progress: progress, latency: latency,
            time: time)
    }

    @Test(arguments: [true, false])
    func `a witness is a box without a status, among the others by its name`(answers: Bool) throws {
        var status = try Sample.site("db")
        status.dataSources.removeLast()
        status.witnesses = [
            WitnessStatus(name: try Sample.host("db3"), manager: answers ? .online : .stopped)
        ]
        let expected =
            answers
            ? """
            +---------------------------------------------------------------------------------+
            |db3(witness:ONLINE)                                                              |
            +---------------------------------------------------------------------------------+
            |  MANAGER(state=ONLINE)                                                          |
            +---------------------------------------------------------------------------------+

            """
            : """
            +---------------------------------------------------------------------------------+
            |db3(witness:FAILED)                                                              |
            +---------------------------------------------------------------------------------+
            |  MANAGER(state=STOPPED)                                                         |
            +---------------------------------------------------------------------------------+

            """
        let lines = StatusView(status, time: .utc).lines(long: false)
        #expect(lines.joined(separator: "\n").hasSuffix(expected))
    }

    @Test func `a healthy site has coordinator, routers and data sources with the classic blank lines`()
        throws
    {
        let lines = StatusView(try Sample.site("east"), time: .utc).lines(long: false)
        #expect(
            lines.joined(separator: "\n") == """

                COORDINATOR[east3:AUTOMATIC:ONLINE]

                ROUTERS:
                +---------------------------------------------------------------------------------+
                |connector@east1[6117](ONLINE, created=1, active=0)                               |
                |connector@east2[6105](ONLINE, created=0, active=0)                               |
                |connector@east3[6109](ONLINE, created=0, active=0)                               |
                +---------------------------------------------------------------------------------+

                DATASOURCES:
                +---------------------------------------------------------------------------------+
                |east1(master:ONLINE, progress=213, THL latency=0.921)                            |
                |STATUS [OK] [2025/01/02 03:31:31 PM UTC]                                         |
                +---------------------------------------------------------------------------------+
                |  MANAGER(state=ONLINE)                                                          |
                |  REPLICATOR(role=master, state=ONLINE)                                          |
                |  DATASERVER(state=ONLINE)                                                       |
                |  CONNECTIONS(created=1, active=0)                                               |
                +---------------------------------------------------------------------------------+

                +---------------------------------------------------------------------------------+
                |east2(slave:ONLINE, progress=213, latency=0.950)                                 |
                |STATUS [OK] [2025/01/02 03:31:31 PM UTC]                                         |
                +---------------------------------------------------------------------------------+
                |  MANAGER(state=ONLINE)                                                          |
                |  REPLICATOR(role=slave, master=east1, state=ONLINE)                             |
                |  DATASERVER(state=ONLINE)                                                       |
                |  CONNECTIONS(created=0, active=0)                                               |
                +---------------------------------------------------------------------------------+

                +---------------------------------------------------------------------------------+
                |east3(slave:ONLINE, progress=213, latency=0.942)                                 |
                |STATUS [OK] [2025/01/02 03:31:29 PM UTC]                                         |
                +---------------------------------------------------------------------------------+
                |  MANAGER(state=ONLINE)                                                          |
                |  REPLICATOR(role=slave, master=east1, state=ONLINE)                             |
                |  DATASERVER(state=ONLINE)                                                       |
                |  CONNECTIONS(created=0, active=0)                                               |
                +---------------------------------------------------------------------------------+

                """)
    }

    @Test func `an encrypted link is marked right after the date`() throws {
        var db1 = try source(
            "db1", .primary, master: "db1", progress: 208_950_063, latency: 0.895, time: 1_523_360_877_000)
        db1.tls = true
        db1.connections = ConnectionCounts(created: 15307, active: 2)
        #expect(
            try box(db1) == """
                +---------------------------------------------------------------------------------+
                |db1(master:ONLINE, progress=208950063, THL latency=0.895)                        |
                |STATUS [OK] [2018/04/10 11:47:57 AM UTC][SSL]                                    |
                +---------------------------------------------------------------------------------+
                |  MANAGER(state=ONLINE)                                                          |
                |  REPLICATOR(role=master, state=ONLINE)                                          |
                |  DATASERVER(state=ONLINE)                                                       |
                |  CONNECTIONS(created=15307, active=2)                                           |
                +---------------------------------------------------------------------------------+
                """)
    }

    @Test func `a failed replica shows its reason twice`() throws {
        var db3 = try source(
            "db3", .replica, master: "db1", progress: 3, latency: 0.194, time: 1_737_730_782_000)
        db3.state = .failed
        db3.reason = "DATASERVER 'db3@alpha' STOPPED"
        db3.alert = .critical
        db3.alertMessage = db3.reason
        db3.server = .stopped
        db3.connections = ConnectionCounts(created: 8, active: 0)
        #expect(
            try box(db3) == """
                +---------------------------------------------------------------------------------+
                |db3(slave:FAILED(DATASERVER 'db3@alpha' STOPPED), progress=3, latency=0.194)     |
                |STATUS [CRITICAL] [2025/01/24 02:59:42 PM UTC]                                   |
                |REASON[DATASERVER 'db3@alpha' STOPPED]                                           |
                +---------------------------------------------------------------------------------+
                |  MANAGER(state=ONLINE)                                                          |
                |  REPLICATOR(role=slave, master=db1, state=ONLINE)                               |
                |  DATASERVER(state=STOPPED)                                                      |
                |  CONNECTIONS(created=8, active=0)                                               |
                +---------------------------------------------------------------------------------+
                """)
    }

    @Test func `a shunned replica shows why, and no reason row`() throws {
        var host3 = try source(
            "host3", .replica, master: "host2", progress: 157_454, latency: 1, time: 1_737_739_481_000)
        host3.state = .shunned
        host3.reason = "MANUALLY-SHUNNED"
        host3.alert = .shunned
        let lines = try box(host3).split(separator: "\n")
        #expect(
            lines[1] == "|host3(slave:SHUNNED(MANUALLY-SHUNNED), progress=157454, latency=1.000)           |")
        #expect(
            lines[2] == "|STATUS [SHUNNED] [2025/01/24 05:24:41 PM UTC]                                    |")
        #expect(lines[3].hasPrefix("+--"))
    }

    @Test func `a host without its manager has no progress and no replicator status`() throws {
        var db1 = try source("db1", .primary, master: "db1", progress: 0, latency: 0, time: 1_749_045_094_000)
        db1.state = .shunned
        db1.reason = "FAILSAFE_SHUN"
        db1.alert = .shunned
        db1.manager = .stopped
        db1.server = .unknown
        db1.replicator = nil
        #expect(
            try box(db1) == """
                +---------------------------------------------------------------------------------+
                |db1(master:SHUNNED(FAILSAFE_SHUN))                                               |
                |STATUS [SHUNNED] [2025/06/04 01:51:34 PM UTC]                                    |
                +---------------------------------------------------------------------------------+
                |  MANAGER(state=STOPPED)                                                         |
                |  REPLICATOR(state=STATUS NOT AVAILABLE)                                         |
                |  DATASERVER(state=UNKNOWN)                                                      |
                |  CONNECTIONS(created=0, active=0)                                               |
                +---------------------------------------------------------------------------------+
                """)
    }

    @Test func `a stopped replicator under a manager that answers is STOPPED`() throws {
        var db1 = try source("db1", .primary, master: "db1", progress: 0, latency: 0, time: 1_737_732_182_000)
        db1.alert = .diminished
        db1.alertMessage = "REPLICATOR STOPPED"
        db1.replicator = nil
        db1.connections = ConnectionCounts(created: 195, active: 0)
        #expect(
            try box(db1) == """
                +---------------------------------------------------------------------------------+
                |db1(master:ONLINE)                                                               |
                |STATUS [DIMINISHED] [2025/01/24 03:23:02 PM UTC]                                 |
                |REASON[REPLICATOR STOPPED]                                                       |
                +---------------------------------------------------------------------------------+
                |  MANAGER(state=ONLINE)                                                          |
                |  REPLICATOR(state=STOPPED)                                                      |
                |  DATASERVER(state=ONLINE)                                                       |
                |  CONNECTIONS(created=195, active=0)                                             |
                +---------------------------------------------------------------------------------+
                """)
    }

    @Test func `a broken replicator is SUSPECT, and unknown numbers are minus one`() throws {
        var db2 = try source(
            "db2", .replica, master: "db1", progress: -1, latency: -1, time: 1_737_732_182_000)
        db2.replicator?.state = .suspect
        let lines = try box(db2).split(separator: "\n")
        #expect(
            lines[1] == "|db2(slave:ONLINE, progress=-1, latency=-1.000)                                   |")
        #expect(
            lines[5] == "|  REPLICATOR(role=slave, master=db1, state=SUSPECT)                              |")
    }

    @Test func `an offline replica warns`() throws {
        var db2 = try source(
            "db2", .replica, master: "db1", progress: 44, latency: 0.31, time: 1_737_732_182_000)
        db2.state = .offline
        db2.reason = "by an operator"
        db2.alert = .warn
        let lines = try box(db2).split(separator: "\n")
        #expect(
            lines[1] == "|db2(slave:OFFLINE, progress=44, latency=0.310)                                   |")
        #expect(
            lines[2] == "|STATUS [WARN] [2025/01/24 03:23:02 PM UTC]                                       |")
    }

    @Test func `connections that nobody counts have no row`() throws {
        var db2 = try source("db2", .replica, master: "db1", progress: 44, latency: 0.31, time: 0)
        db2.connections = nil
        #expect(try !box(db2).contains("CONNECTIONS"))
    }

    @Test(arguments: [
        (0.0004, "0.000"), (0.0006, "0.001"), (-1, "-1.000"), (31.4194, "31.419"), (86_400, "86400.000"),
        (-0.0001, "0.000"), (Double.nan, "-1.000"), (Double.infinity, "-1.000"), (1e300, "-1.000"),
    ])
    func `latencies have three decimals`(seconds: Double, text: String) {
        #expect(LatencyText.of(seconds) == text)
    }
}
