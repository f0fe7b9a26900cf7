import AdminProtocol
import ClusterModel
import Glibc
import Shell
import Testing

/// The pipelines of the classic tools, run by the real sh, grep, sed, awk, tr and cut on the shell's output.
@Suite struct ClassicPipelineTests {
    /// What a pipe gets from `cctrl` for these commands, and what the pipeline makes of it.
    private func pipe(_ commands: String, _ pipeline: String, _ stage: Stage) throws -> [String] {
        stage.screen.lines = ["cctrl 0.1.0 build 1", "east: session established"]
        SessionLoop.piped(stage.session, FakeLines([commands]))
        var template = Array("/tmp/cctrl-pipe-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        let path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        let text = Array((stage.screen.lines.joined(separator: "\n") + "\n").utf8)
        #expect(write(descriptor, text, text.count) == text.count)
        close(descriptor)
        let stream = try #require(popen("LC_ALL=C; export LC_ALL; cat '\(path)' \(pipeline)", "r"))
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, stream)
            guard count > 0 else { break }
            output += buffer[..<count]
        }
        pclose(stream)
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func stage(atRoot: Bool = false) throws -> Stage {
        let stage = try Stage(expert: true, atRoot: atRoot)
        stage.east.others = try Sample.answers("east")
        return stage
    }

    @Test func `who coordinates, and the policy`() throws {
        let stage = try stage()
        let pattern = #"| grep "COORDINATOR" | sed -E 's/COORDINATOR\[([^:]+):([A-Z]+).*/\1 \2/'"#
        #expect(try pipe("ls", pattern, stage) == ["east3 AUTOMATIC"])
    }

    @Test func `the topology is two words a line`() throws {
        let stage = try stage()
        let pattern =
            #"| tr -d "|+" | grep -E -e "(master|slave|relay|standby):" | awk -F: '{print $1}' | tr "(" " ""#
        let healthy = ["east1 master", "east2 slave", "east3 slave"]
        #expect(try pipe("ls", pattern, stage) == healthy)
        stage.east.status.dataSources[1].state = .failed
        stage.east.status.dataSources[1].reason = "DATASERVER 'east2@east' STOPPED"
        stage.east.status.dataSources[2].replicator = nil
        stage.east.status.dataSources[2].manager = .stopped
        #expect(try pipe("ls", pattern, stage) == healthy)
    }

    @Test func `members and one host say that a manager is there`() throws {
        let stage = try stage()
        #expect(try pipe("members", "| grep -c ONLINE", stage) == ["3"])
        #expect(try pipe("ls east2", "| grep -c MANAGER", stage) == ["1"])
    }

    @Test func `hosts that are out of reach are found`() throws {
        let stage = try stage()
        let pattern = #"| sed -nE 's/.*HOST ([a-zA-Z0-9.-]+)\/[0-9.]+: NOT REACHABLE.*/\1/p'"#
        #expect(try pipe("ping ", pattern, stage) == [])
        let host = try Sample.host("east2")
        stage.east.others = [
            [PingResult(host: host, address: "127.1.0.2", reachable: false, milliseconds: nil)]
        ]
        #expect(try pipe("ping ", pattern, stage) == ["east2"])
    }

    @Test func `a policy is set in a chosen service and told in capitals`() throws {
        let stage = try stage(atRoot: true)
        stage.east.outcome = Outcome(lines: ["policy mode is now MAINTENANCE"])
        #expect(
            try pipe("use east;set policy maintenance", #"| grep -c "policy mode is now MAINTENANCE""#, stage)
                == ["1"])
        #expect((stage.east.calls.first as? SetPolicyCall)?.policy == .maintenance)
    }

    @Test func `sick resources are named with their kind`() throws {
        let stage = try stage()
        let pattern = #"| grep \| | grep : | grep -v ONLINE | tr -d "| " | cut -f 1,2 -d ":""#
        #expect(try pipe("ls resources", pattern, stage) == [])
        stage.east.status.dataSources[1].server = .stopped
        stage.east.status.routers[0].state = .offline
        #expect(try pipe("ls resources", pattern, stage) == ["east1:ROUTER", "east2:DATASERVER"])
    }

    @Test func `services are found at the root, and sick data sources in them`() throws {
        #expect(try pipe("ls", "| grep -w east | wc -l | tr -d ' '", stage(atRoot: true)) != ["0"])
        let stage = try stage(atRoot: true)
        let pattern =
            #"| grep "(\(composite \)\?master\|(\(composite \)\?slave\|(relay" | grep -v ONLINE "#
            + #"| tr -d "|" | cut -f 1 -d "(""#
        #expect(try pipe("use east; ls", pattern, stage) == [])
        stage.east.status.dataSources[2].state = .shunned
        stage.east.status.dataSources[2].reason = "MANUALLY-SHUNNED"
        #expect(try pipe("use east; ls", pattern, stage) == ["east3"])
    }

    @Test func `shunned data sources are counted`() throws {
        let stage = try stage()
        #expect(try pipe("ls", "| grep 'SHUNNED' | wc -l | tr -d ' '", stage) == ["0"])
        stage.east.status.dataSources[1].state = .shunned
        #expect(try pipe("ls", "| grep 'SHUNNED' | wc -l | tr -d ' '", stage) == ["1"])
    }

    @Test func `latencies follow their replicator`() throws {
        let pattern =
            #"| grep -E "REPLICATOR\(role=slave|appliedLatency" | tr -d "| " | sed -n '/REPLICATOR/,+1p'"#
        #expect(
            try pipe("ls -l", pattern, stage()) == [
                "east2:REPLICATOR(role=slave,state=ONLINE)", "appliedLatency:0.950",
                "east3:REPLICATOR(role=slave,state=ONLINE)", "appliedLatency:0.942",
            ])
    }

    @Test func `changes of scripts reach the manager`() throws {
        let stage = try stage()
        for line in [
            "datasource east2 recover", "service east2/mysql stop", "switch to east2", "cluster heartbeat",
        ] {
            #expect(try pipe(line, "| tail -n 1", stage) == ["Exiting..."])
        }
        #expect(
            stage.east.methods == ["datasource.change", "service.run", "site.switch", "cluster.heartbeat"])
        #expect(stage.screen.complaints == [])
    }

    @Test func `the classic diagnosis has something to collect`() throws {
        let stage = try stage()
        let pattern = "| grep -c ServiceManager/diag"
        // The prompt that shows the command, and a box for each manager of both sites.
        #expect(try pipe("physical;*/*/manager/ServiceManager/diag", pattern, stage) == ["7"])
        stage.session.mode = .logical
        stage.east.outcome = Outcome(lines: ["VALIDATION STATUS=VALID CLUSTER", "ACTION=NONE"])
        #expect(try pipe("cluster validate ", "| grep -c VALID", stage) == ["1"])
    }

    @Test func `fields go straight into awk`() throws {
        let stage = try stage()
        stage.east.status.dataSources[1].state = .offline
        stage.screen.lines = []
        let pattern = #"| awk -F '\t' 'NF == 2 && $2 != "ONLINE" { print $1 }'"#
        #expect(try pipe("ls --fields name,state", pattern, stage) == ["east2"])
    }
}
