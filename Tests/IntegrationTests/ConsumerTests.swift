import ClusterHarness
import Glibc
import ServerHarness
import Testing

extension IntegrationTests {
    /// What other people's scripts and eyes expect, from the real shell on a real cluster.
    @Suite struct ConsumerTests {
        /// What a pipeline makes of the answer to commands that come over standard input.
        private func pipe(
            _ cluster: RunningCluster, _ commands: String, _ pipeline: String
        ) async throws -> [String] {
            let run = try await ProgramRun.run(
                "/bin/sh",
                [
                    "-c",
                    "LC_ALL=C; export LC_ALL; echo '\(commands)' | '\(RunningCluster.cctrl)' -expert \(pipeline)",
                ],
                environment: cluster.environment("east2"))
            return run.output.split(separator: "\n").map(String.init)
        }

        @Test func `classic pipelines over a healthy site`() async throws {
            let cluster = try await cluster()
            let coordinator = try await cluster.coordinator("east")
            let primary = try await cluster.primary("east")
            #expect(
                try await pipe(
                    cluster, "ls",
                    #"| grep "COORDINATOR" | sed -E 's/COORDINATOR\[([^:]+):([A-Z]+).*/\1 \2/'"#)
                    == ["\(coordinator) AUTOMATIC"])
            let topology = try await pipe(
                cluster, "ls",
                #"| tr -d "|+" | grep -E -e "(master|slave|relay|standby):" | awk -F: '{print $1}' | tr "(" " ""#
            )
            #expect(
                topology == cluster.hosts(of: "east").map { "\($0) \($0 == primary ? "master" : "slave")" })
            #expect(try await pipe(cluster, "members", "| grep -c ONLINE") == ["3"])
            #expect(try await pipe(cluster, "ls east2", "| grep -c MANAGER") == ["1"])
            #expect(
                try await pipe(
                    cluster, "ping ", #"| sed -nE 's/.*HOST ([a-zA-Z0-9.-]+)\/[0-9.]+: NOT REACHABLE.*/\1/p'"#
                )
                    == [])
            #expect(
                try await pipe(
                    cluster, "ls resources",
                    #"| grep \| | grep : | grep -v ONLINE | tr -d "| " | cut -f 1,2 -d ":""#) == [])
            let latencies = try await pipe(
                cluster, "ls -l",
                #"| grep -E "REPLICATOR\(role=slave|appliedLatency" | tr -d "| " | sed -n '/REPLICATOR/,+1p'"#
            )
            #expect(latencies.count == 4 && latencies.filter { $0.hasPrefix("appliedLatency:") }.count == 2)
        }

        @Test func `classic pipelines over a site with a shunned data source`() async throws {
            let cluster = try await cluster()
            let replica = try await cluster.replicas("east")[0]
            let sick =
                #"| grep "(\(composite \)\?master\|(\(composite \)\?slave\|(relay" | grep -v ONLINE "#
                + #"| tr -d "|" | cut -f 1 -d "(""#
            #expect(try await pipe(cluster, "use east; ls", sick) == [])
            #expect(try await pipe(cluster, "ls", "| grep 'SHUNNED' | wc -l | tr -d ' '") == ["0"])
            try await cluster.done("east1", "datasource \(replica) shun")
            #expect(try await pipe(cluster, "use east; ls", sick) == [replica])
            // The data source and its status line.
            #expect(try await pipe(cluster, "ls", "| grep 'SHUNNED' | wc -l | tr -d ' '") == ["2"])
            try await cluster.done("east1", "datasource \(replica) recover")
            try await cluster.whole("east")
        }

        /// Commands of the written sessions whose output on a real cluster differs in numbers only.
        @Test(arguments: ["ls", "ls east2"])
        func `a written session is what a real cluster prints`(command: String) async throws {
            let cluster = try await cluster()
            if try await cluster.primary("east") != "east1" {
                try await cluster.done("east1", "switch to east1")
                try await cluster.whole("east", primary: "east1")
            }
            let wanted = shape(try answer(to: command, in: try transcript("look.txt")))
            // What was switched a moment ago may not have been measured anew.
            try? await eventually("the written session") {
                try await shape(cluster.done("east1", command).output) == wanted
            }
            let run = try await cluster.done("east1", command)
            #expect(shape(run.output) == wanted, "\(run.text)")
        }

        private func transcript(_ name: String) throws -> String {
            let here = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
            let path = here.joined(separator: "/") + "/ShellTests/Transcripts/\(name)"
            let file = try #require(fopen(path, "r"), "\(path)")
            defer { fclose(file) }
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
                bytes += buffer[..<count]
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        private func answer(to command: String, in text: String) throws -> String {
            let parts = text.split(separator: "east1> ")
            let part = try #require(parts.first { $0.hasPrefix(command + "\n") })
            return String(part.dropFirst(command.utf8.count))
        }

        /// Lines without what differs from run to run: numbers, who coordinates, TLS, and the space that they take.
        private func shape(_ text: String) -> [String] {
            text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
                var line = String(line).replacing("[SSL]", with: "").replacing(" AM ", with: " PM ")
                    .replacing("=-", with: "=")
                for host in ["east2", "east3"] {
                    line = line.replacing("COORDINATOR[\(host)", with: "COORDINATOR[east1")
                }
                return masked(line)
            }
        }

        private func masked(_ line: String) -> String {
            var result = ""
            for character in line where character != " " {
                // Numbers of names stay.
                let isPart = result.last.map { $0.isLetter || $0.isNumber } ?? false
                let isNumber = !isPart && (character.isNumber || character == ".")
                if !isNumber { result.append(character) } else if result.last != "#" { result.append("#") }
            }
            return result
        }
    }
}
