import Certificates
import ClusterHarness
import SandboxKit
import ServerHarness
import SiteConfiguration
import Testing

extension IntegrationTests {
    /// Wrong use has a sentence, a hint and its exit status, and changes nothing.
    @Suite struct WrongUseTests {
        @Test func `wrong words, names and files`() async throws {
            let cluster = try await cluster()
            let before = try await cluster.primary("east")
            for (command, text) in [
                ("swich", "not a command"), ("set policy sometimes", "does not fit"),
                ("use north", "'north'"),
                ("datasource east9 shun", "'east9'"), ("service east2/disk stop", "'disk'"),
                ("router east9 offline", "east9"), ("service east9/mysql stop", "'east9'"),
                ("ls east9", "'east9'"),
            ] {
                let run = try await cluster.refused("east2", command, status: 2, text)
                #expect(run.errors.contains("Hint: "), "\(command): \(run.errors)")
            }
            let noFile = try await ProgramRun.run(
                RunningCluster.cctrl, ["--config", "/nonexistent/tungsten.ini", "-e", "ls"])
            #expect(noFile.status == 2)
            #expect(noFile.errors.contains("/nonexistent/tungsten.ini"))
            let noConfiguration = try await ProgramRun.run(
                RunningCluster.cctrl, ["--config", try cluster.paths("east1").authority, "-e", "ls"])
            #expect(noConfiguration.status == 2)
            #expect(noConfiguration.errors.contains("ca.pem"))
            let wrongOption = try await cluster.cctrl("east1", "ls", options: ["--colour"])
            #expect(wrongOption.status == 2)
            try await cluster.whole("east", primary: before, seconds: 5)
        }

        @Test func `a manager that does not answer`() async throws {
            let cluster = try await cluster()
            let closed = try await cluster.cctrl("east1", "ls", options: ["-port", "1"])
            #expect(closed.status == 7)
            #expect(closed.errors.contains("Hint: try another host of the site: cctrl -host east2"))
            try await cluster.control(.stop, "east2/manager")
            let frozen = try await cluster.cctrl("east2", "ls")
            #expect(frozen.status == 7, "\(frozen.text)")
            try await cluster.control(.cont, "east2/manager")
            try await cluster.whole("east")
        }

        @Test func `wrong, expired and modest certificates`() async throws {
            let cluster = try await cluster()
            let others = try TestCertificates(host: "east1", address: "127.61.0.1")
            func certificate(_ name: String, authority: String? = nil) -> [String] {
                [
                    "CCTRL_CERT=\(others.path(name))", "CCTRL_KEY=\(others.key(name))",
                ] + (authority.map { ["CCTRL_CA=\($0)"] } ?? [])
            }
            let stranger = try await cluster.refused(
                "east1", "set policy manual", status: 8, environment: certificate("operator"))
            #expect(stranger.errors.contains("Hint: "))
            try await cluster.refused(
                "east1", "set policy manual", status: 8,
                environment: certificate("operator", authority: others.authority))

            let own = "\(cluster.sandbox.directory.path)/ca/ca"
            let authority = try CertificateAuthority(certificate: own + ".pem", key: own + "-key.pem")
            let late = try TemporaryDirectory()
            try authority.issue(.client(name: "late", role: .operator), .expired)
                .save(certificate: late.file("late.pem"), key: late.file("late-key.pem"))
            try await cluster.refused(
                "east1", "set policy manual", status: 8, "expired",
                environment: [
                    "CCTRL_CERT=\(late.file("late.pem"))", "CCTRL_KEY=\(late.file("late-key.pem"))",
                ])

            try await cluster.refused(
                "east1", "set policy manual", status: 8, "observer", environment: ["CCTRL_ROLE=observer"])
            let seen = try await cluster.cctrl("east1", "ls", environment: ["CCTRL_ROLE=observer"])
            #expect(seen.status == 0)
            #expect(seen.output.contains(":AUTOMATIC:ONLINE]"))
        }

        @Test func `an etcd without space lets nothing be changed, and says what to do`() async throws {
            let cluster = try await cluster()
            let member = try await alarm(cluster, #"{"action":"GET"}"#)
            #expect(member.output.contains("200 OK"), "\(member.text)")
            let raised = try await alarm(cluster, #"{"action":"ACTIVATE","memberID":"1","alarm":"NOSPACE"}"#)
            #expect(raised.output.contains("NOSPACE"), "\(raised.text)")
            let run = try await cluster.refused(
                "east2", "set policy manual", status: 1, "etcd has no space left")
            #expect(run.errors.contains("etcdctl alarm disarm"))
            try await cluster.refused("east2", "switch", status: 1, "etcd has no space left")
            let listing = try await cluster.listing("east3")
            #expect(listing.primaries.count == 1)
            #expect(listing.description.contains(":AUTOMATIC:"))
            _ = try await alarm(cluster, #"{"action":"DEACTIVATE","memberID":"1","alarm":"NOSPACE"}"#)
            try await cluster.done("east2", "set policy manual; set policy automatic")
            try await cluster.whole("east")
        }

        private func alarm(_ cluster: RunningCluster, _ body: String) async throws -> ProgramRun {
            let paths = try cluster.paths("east1")
            let request =
                "POST /v3/maintenance/alarm HTTP/1.1\\r\\nHost: etcd\\r\\nConnection: close\\r\\n"
                + "Content-Length: \(body.utf8.count)\\r\\n\\r\\n"
            let address = "\(try cluster.address("east1")):\(cluster.configuration.ports.etcdClient)"
            let words =
                "openssl s_client -quiet -ign_eof -connect '\(address)' -CAfile '\(paths.etcdAuthority)'"
                + " -cert '\(paths.etcdCertificate)' -key '\(paths.etcdKey)'"
            return try await ProgramRun.run(
                "/bin/sh", ["-c", "printf '\(request)%s' '\(body)' | \(words)"], seconds: 20)
        }

        @Test func `without a majority of etcd ls tells its age, and nothing can be changed`() async throws {
            let cluster = try await cluster()
            for host in ["east2", "east3"] { try await cluster.control(.stop, "\(host)/etcd") }
            try await cluster.listing("east1", "the age of the view") { $0.description.contains("WARNING:") }
            for command in ["set policy manual", "switch", "datasource east3 shun"] {
                let run = try await cluster.refused("east1", command, status: 7, "majority")
                #expect(run.errors.contains("Hint: "))
            }
            let valid = try await cluster.cctrl("east1", "cluster validate")
            #expect(valid.output.contains("VALIDATION STATUS=INVALID CLUSTER"), "\(valid.text)")
            #expect(valid.output.contains("--last-man-standing"), "\(valid.text)")
            for host in ["east2", "east3"] { try await cluster.control(.cont, "\(host)/etcd") }
            try await cluster.whole("east")
            try await cluster.done("east1", "set policy automatic")
        }
    }
}
