import AdminProtocol
import ClusterModel
import CommandGrammar
import Shell
import Testing

/// Commands that say why, who, and what would be.
@Suite struct AnswerTests {
    private let time = WallTime(milliseconds: 1_735_831_891_000)

    @Test func `why asks for a state, a target or the failover`() throws {
        let stage = try Stage()
        stage.east.others = [
            Explanation(
                conclusion: "'east3' is slave:SHUNNED(MANUALLY-SHUNNED)",
                parts: [
                    ExplanationPart(
                        title: "a switch to 'east3' needs that",
                        rules: [
                            RuleAnswer(
                                rule: "no-operation", text: "no operation runs", holds: true, seen: "none",
                                since: nil),
                            RuleAnswer(
                                rule: "online-replica", text: "'east3' is an ONLINE replica", holds: false,
                                seen: "slave:SHUNNED", since: nil),
                        ])
                ], hint: "datasource east3 recover")
        ]
        #expect(stage.script("why east3; why not east3; why no failover") == 0)
        let calls = stage.east.questions.compactMap { $0 as? WhyCall }
        #expect(calls.map(\.topic) == [.dataSource, .target, .failover])
        #expect(calls.map { $0.name?.description } == ["east3", "east3", nil])
        #expect(
            Array(stage.screen.lines.prefix(7)) == [
                "'east3' is slave:SHUNNED(MANUALLY-SHUNNED)", "", "a switch to 'east3' needs that",
                "  [yes]  no operation runs             none",
                "  [no]   'east3' is an ONLINE replica  slave:SHUNNED",
                "", "Hint: datasource east3 recover",
            ])
    }

    @Test func `history lists entries, and shows one with its lines and steps`() throws {
        let stage = try Stage()
        let entry = OperationRecord(
            id: "47-3", command: "switch to east2", by: "anna", coordinator: try Sample.host("east1"),
            startedAt: time,
            endedAt: WallTime(milliseconds: time.milliseconds + 1300), result: .done,
            lines: ["SELECTED SLAVE"],
            steps: [StepTime(step: "freeze", milliseconds: 1.23)])
        stage.east.others = [[entry], entry]
        #expect(stage.script("history; history 5") == 0)
        #expect(stage.east.questions.compactMap { ($0 as? HistoryCall)?.limit } == [20, 5])
        #expect(stage.screen.lines[0].hasPrefix("ID    BEGUN"))
        #expect(stage.screen.lines[1].hasPrefix("47-3  2025/01/02"))
        #expect(stage.screen.lines[1].hasSuffix("1.3 s  anna  done    switch to east2"))
        stage.screen.lines = []
        #expect(stage.script("history show 47-3") == 0)
        #expect(stage.screen.lines.contains("SELECTED SLAVE"))
        #expect(stage.screen.lines.last == "  freeze  1.2 ms")
        #expect(stage.script("history 0") == 2)
        #expect(stage.script("history many") == 2)
    }

    @Test(arguments: [
        "switch to east2", "failover", "recover", "set policy manual", "datasource east2 shun",
        "datasource east2 fail", "datasource east2 drain 5", "datasource east2 backup",
        "datasource east2 restore",
        "replicator east2 offline", "router * offline", "service east2/mysql stop", "cluster heartbeat",
        "cluster flush",
    ])
    func `with --plan a command is asked for its plan, and not sent`(line: String) throws {
        let stage = try Stage()
        stage.east.others = [
            PlanReport(
                command: line, steps: ["freeze 'east1'"],
                records: [PlannedRecord(key: "primary", before: "east1", after: "east2")], notes: ["look"])
        ]
        #expect(stage.script("\(line) --plan") == 0)
        #expect(stage.east.methods == ["site.plan"])
        #expect(
            stage.screen.lines == [
                "PLAN OF '\(line)': NOTHING IS CHANGED", "   1. freeze 'east1'", "", "RECORDS:",
                "  primary  east1 => east2", "", "NOTES:", "  look",
            ])
    }

    @Test(arguments: ["set force true --plan", "replicator east2 status --plan", "ls --plan"])
    func `what has no plan refuses the option`(line: String) throws {
        let stage = try Stage()
        #expect(stage.script(line) == 2)
        #expect(stage.east.methods == [] && !stage.session.force)
    }

    @Test func `a forecast tells what a switch would meet`() throws {
        let stage = try Stage()
        let east1 = try Sample.host("east1")
        stage.east.others = [
            PlanReport(
                command: "switch", steps: [],
                forecast: SwitchForecast(
                    from: east1, to: try Sample.host("east2"), stored: 12, applied: 11, missing: 1,
                    latency: 0.0123,
                    sessions: [RouterSessions(router: east1, active: 8)], blockers: ["session 7 of app"],
                    gap: 14.25,
                    runs: 5))
        ]
        #expect(stage.script("switch --plan") == 0)
        #expect(
            Array(stage.screen.lines.suffix(5)) == [
                "  candidate:  east2 (stored=12, applied=11, latency 0.012 s)",
                "  behind:     1 transactions of east1",
                "  sessions:   8 on east1 would be cut, new ones wait: 8 at connector@east1",
                "  blocking:   session 7 of app",
                "  gap:        14.3 ms without writes, the middle of the last 5 switches",
            ])
    }

    @Test func `drain, connections and backups reach the manager`() throws {
        let stage = try Stage(expert: true)
        let host = try Sample.host("east2")
        stage.east.others = [
            Connections(
                name: host, total: 3, routers: [RouterSessions(router: host, active: 2)], direct: 1,
                sessions: [
                    ClientSession(
                        id: 31, user: "app", host: "10.0.0.9:5", database: "app", command: "Query",
                        seconds: 130,
                        statement: "UPDATE t")
                ]),
            [
                BackupInfo(
                    name: "b1", directory: "/backups", site: stage.east.status.site, host: host,
                    startedAt: time,
                    endedAt: WallTime(milliseconds: time.milliseconds + 9000), bytes: 5 << 20,
                    position: GTIDPosition("1-11-5") ?? GTIDPosition(), version: "10.11.14",
                    dataDirectory: "/d")
            ],
        ]
        #expect(
            stage.script("datasource east2 drain; datasource east2 drain 30; datasource east2 restore b1")
                == 0)
        #expect(stage.east.calls.compactMap { ($0 as? DrainCall)?.seconds } == [30])
        #expect((stage.east.calls.last as? RestoreCall)?.backup == "b1")
        #expect(stage.script("datasource east2 backup /b") == 0)
        #expect((stage.east.calls.last as? BackupCall)?.directory == "/b")
        #expect(stage.script("datasource east2 drain soon") == 2)
        #expect(stage.script("datasource east2 connections -l; datasource east2 backups") == 0)
        #expect(
            Array(stage.screen.lines.prefix(5)) == [
                "east2: 3 connections, 1 of them by no router", "  connector@east2  2", "",
                "ID  USER  HOST        DATABASE  STATE  AGE    STATEMENT",
                "31  app   10.0.0.9:5  app       Query  2 min  UPDATE t",
            ])
        #expect(stage.screen.lines.last?.hasSuffix("9.0 s  5 MiB  10.11.14  1-11-5") == true)
    }

    @Test(arguments: [
        ("why east2", "explanation"), ("history", "history"), ("history show 1-1", "entry"),
        ("switch --plan", "plans"), ("datasource east2 connections -l", "clients"),
        ("datasource east2 backups", "backups"), ("datasource east2 tails", "tails"),
    ])
    func `every answer has its form in the schema`(line: String, form: String) throws {
        let stage = try Stage(expert: true, presentation: Presentation(json: true))
        let host = try Sample.host("east2")
        let entry = try Self.fullEntry(of: host, at: time)
        let rule = RuleAnswer(rule: "a", text: "b", holds: true, seen: "c", since: time)
        stage.east.others = [
            Explanation(conclusion: "so", parts: [ExplanationPart(title: "t", rules: [rule])]), entry,
            [entry],
            PlanReport(
                command: "switch", steps: ["a"],
                forecast: SwitchForecast(
                    from: host, to: host, stored: 1, applied: 1, missing: 0, latency: 0, sessions: [],
                    blockers: [],
                    gap: nil, runs: 0)),
            Connections(
                name: host, total: 1, routers: [RouterSessions(router: host, active: 1)], direct: 0,
                sessions: [
                    ClientSession(
                        id: 1, user: "a", host: "b", database: "", command: "Sleep", seconds: 1, statement: ""
                    )
                ]),
            [BackupInfo](),
            [
                SavedTail(
                    host: host, savedAt: time, transactions: 1,
                    first: GTID(domain: 1, server: 11, sequence: 5),
                    last: GTID(domain: 1, server: 11, sequence: 5), readable: "/a", binaryLog: "/b", bytes: 2)
            ],
        ]
        #expect(stage.script(line) == 0)
        let schema = try SchemaCheck()
        let text = try #require(stage.screen.lines.last)
        #expect(try schema.problems(line: text) == [], "\(text)")
        let answer = try FrameCodec.decode(JSONValue.self, from: Array(text.utf8))
        #expect(schema.problems(answer[path: "result"], as: form) == [], "\(text)")
        #expect(answer[path: "outcome"] == answer[path: "error"])
    }

    /// An entry in which nothing is missing.
    private static func fullEntry(of host: HostName, at time: WallTime) throws -> OperationRecord {
        let before = try #require(GTIDPosition("1-101-213"))
        var entry = OperationRecord(
            id: "1-1", command: "switch", by: "anna", coordinator: host, startedAt: time, endedAt: time,
            result: .done, lines: ["a"], steps: [StepTime(step: "freeze", milliseconds: 1, began: 0.5)])
        entry.move = RoleMove(from: host, to: host)
        entry.reached = "settle"
        var receipt = SwitchReceipt(
            gap: 14.25, hold: 38.5, freeze: 1.25, catchUp: 3, sessionsCut: 16, transactionsCut: 1,
            before: before, after: before, forecast: 13.75)
        receipt.held = [RouterHold(router: host, connections: 3)]
        receipt.attempts = 2
        receipt.canary = CanaryReport(
            router: host, gap: 15.5, writes: 86, failures: 1, problem: "it may not write")
        entry.receipt = receipt
        return entry
    }

    @Test(arguments: [
        ("resume", OperationRecord.Result.failed, true), ("undo", OperationRecord.Result.done, nil),
    ])
    func `a switch that is done again is done as it was, and one that is taken back is a plain one`(
        verb: String, result: OperationRecord.Result, cuts: Bool?
    ) throws {
        let stage = try Stage()
        var entry = OperationRecord(
            id: "47-3", command: "switch to east2 --cut-sessions (force)", by: "anna",
            coordinator: try Sample.host("east1"), startedAt: time, result: result, lines: [])
        entry.move = RoleMove(from: try Sample.host("east1"), to: try Sample.host("east2"))
        stage.east.others = [[entry], entry]
        #expect(stage.script("operation \(verb) 47-3") == 0)
        let call = try #require(stage.east.calls.last as? SwitchCall)
        #expect(call.target?.description == (verb == "resume" ? "east2" : "east1"))
        #expect(call.cutSessions == cuts)
        // Checks are passed over by those who say so now.
        #expect(!call.force)
    }

    @Test func `a restore asks first where nobody is an expert`() throws {
        let stage = try Stage()
        #expect(stage.script("datasource east2 restore") == 3)
        #expect(stage.east.methods == [])
    }
}
