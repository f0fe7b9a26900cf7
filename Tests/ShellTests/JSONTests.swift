import AdminProtocol
import ClusterModel
import Shell
import Testing

/// What programs read: every answer is one line that the documented schema describes.
@Suite struct JSONTests {
    private func stage(_ presentation: Presentation = Presentation(json: true)) throws -> Stage {
        let stage = try Stage(expert: true, presentation: presentation)
        stage.east.outcome = Outcome(lines: ["HEARTBEAT 1-101-4711 ON 'east1@east' APPLIED BY 2 REPLICAS"])
        stage.east.progress = []
        stage.east.others = try Sample.answers("east")
        return stage
    }

    private func value(_ line: String) throws -> JSONValue {
        try FrameCodec.decode(JSONValue.self, from: Array(line.utf8))
    }

    private static let questions = [
        ("ls", "status"), ("ls -l", "status"), ("ls east2", "status"), ("ls resources", "resources"),
        ("ls services", "services"), ("ls sessions", "sessions"), ("members", "members"), ("ping", "pings"),
        ("show topology", "topology"), ("cluster topology validate", "findings"),
        ("replicator east2 status", "properties"), ("cd /; ls", "sites"), ("help", "text"),
        ("physical; ls", "words"), ("physical; which east", "words"),
        ("physical; */*/manager/ServiceManager/diag", "diagnosis"),
        ("ls --fields name,replicator.latency", "rows"), ("set force true", "text"),
    ]

    @Test(arguments: questions)
    func `every answer is as documented`(line: String, form: String) throws {
        let stage = try stage()
        let schema = try SchemaCheck()
        stage.east.status.dataSources[2].replicator = nil
        stage.east.status.dataSources[2].connections = nil
        stage.east.status.coordinator = nil
        _ = stage.script(line)
        #expect(stage.screen.complaints == [])
        for text in stage.screen.lines { #expect(try schema.problems(line: text) == [], "\(text)") }
        let last = try value(try #require(stage.screen.lines.last))
        #expect(schema.problems(last[path: "result"], as: form) == [])
    }

    private static let changes = [
        "switch", "switch to east2", "failover", "recover", "set policy manual", "datasource east2 shun",
        "replicator east2 restart", "router * offline", "service east2/mysql stop", "cluster heartbeat",
        "cluster flush", "cluster validate", "cluster offline",
    ]

    @Test(arguments: changes)
    func `every outcome is as documented, with its steps`(line: String) throws {
        let stage = try stage()
        let schema = try SchemaCheck()
        stage.east.progress = ["ONE", "TWO"]
        stage.east.outcome.operation = "0001"
        stage.east.outcome.complete = false
        #expect(stage.script(line) == 4)
        #expect(stage.screen.lines.count == 1)
        let text = try #require(stage.screen.lines.first)
        #expect(try schema.problems(line: text) == [], "\(text)")
        let answer = try value(text)
        #expect(answer[path: "status"] == .integer(4))
        #expect(answer[path: "outcome.complete"] == .bool(false))
        #expect(answer[path: "outcome.steps"].text.hasPrefix("ONE,TWO"))
        #expect(answer[path: "outcome.lines"].text.hasPrefix("HEARTBEAT 1-101-4711"))
    }

    @Test func `steps are lines of their own as they come, and the answer is the last`() throws {
        let stage = try stage(Presentation())
        stage.session.clock = { WallTime(milliseconds: 1_735_831_891_000) }
        stage.east.progress = ["ONE", "TWO"]
        #expect(stage.script("switch --events") == 0)
        #expect(
            stage.screen.lines.prefix(2) == [
                #"{"at":1735831891000,"command":"switch --events","event":"step","line":"ONE","number":1,"schema":1,"site":"east"}"#,
                #"{"at":1735831891000,"command":"switch --events","event":"step","line":"TWO","number":2,"schema":1,"site":"east"}"#,
            ])
        #expect(stage.screen.lines.count == 3)
        let schema = try SchemaCheck()
        for text in stage.screen.lines { #expect(try schema.problems(line: text) == []) }
    }

    @Test(arguments: ReplyCode.allCases)
    func `every refusal is an answer too, and its status is the exit status`(code: ReplyCode) throws {
        let stage = try stage()
        stage.east.refusal = Refusal(code, "'east2' cannot do it; nothing was changed", hint: "try 'ls'")
        #expect(stage.script("switch to east2") == code.exitStatus)
        #expect(stage.screen.complaints == [])
        let text = try #require(stage.screen.lines.first)
        #expect(try SchemaCheck().problems(line: text) == [])
        let answer = try value(text)
        #expect(answer[path: "status"] == .integer(Int64(code.exitStatus)))
        #expect(answer[path: "error.code"] == .integer(Int64(code.rawValue)))
        #expect(answer[path: "error.name"] == .string("\(code)"))
        if code.exitStatus == 2 { #expect(answer[path: "error.from"] == .integer(10)) }
    }

    @Test func `a line that is no command is an answer with the place of its word`() throws {
        let stage = try stage()
        #expect(stage.script("ls;  swich to east2") == 2)
        let text = try #require(stage.screen.lines.last)
        #expect(try SchemaCheck().problems(line: text) == [])
        let answer = try value(text)
        #expect(answer[path: "command"] == .string("swich to east2"))
        #expect(answer[path: "error.from"] == .integer(0))
        #expect(answer[path: "error.to"] == .integer(5))
        #expect(answer[path: "error.hint"] == .string("did you mean 'switch'?"))
    }

    @Test func `fields are chosen in their order, parted by tabs or as JSON`() throws {
        let stage = try stage(Presentation())
        stage.east.status.dataSources[2].replicator = nil
        stage.east.status.dataSources[2].reason = "a\tb\nc"
        #expect(stage.script("ls --fields state,name,replicator.source,reason") == 0)
        #expect(
            stage.screen.lines == ["ONLINE\teast1\t\t", "ONLINE\teast2\teast1\t", "ONLINE\teast3\t\ta b c"])
        stage.screen.lines = []
        #expect(stage.script("members --json --fields host") == 0)
        #expect(
            stage.screen.lines == [
                #"{"command":"members --json --fields host","result":[{"host":"east1"},{"host":"east2"},{"host":"east3"}],"schema":1,"site":"east","status":0}"#
            ])
        #expect(stage.script("ls --fields nmae") == 2)
        #expect(
            stage.screen.complaints.last?.hasPrefix("Hint: did you mean 'name'? fields: name, role") == true)
        #expect(stage.script("help --fields x") == 2)
    }

    @Test func `the page's examples and fields are those of the program`() throws {
        let page = try SchemaCheck.document("json.md")
        let schema = try SchemaCheck()
        let examples = page.split(separator: "\n").filter { $0.hasPrefix("{") }
        #expect(examples.count == 4)
        for example in examples { #expect(try schema.problems(line: String(example)) == [], "\(example)") }
        for field in StatusView.fields { #expect(page.contains("`\(field)`"), "\(field)") }
        let stage = try stage(Presentation())
        let east2 = try Sample.host("east2")
        stage.east.status.dataSources[0].replicator?.source = east2
        for field in StatusView.fields where field != "reason" && !field.hasSuffix("error") {
            stage.screen.lines = []
            #expect(stage.script("ls --fields \(field)") == 0)
            if !["alertMessage"].contains(field) { #expect(stage.screen.lines[0] != "", "\(field)") }
        }
    }
}
