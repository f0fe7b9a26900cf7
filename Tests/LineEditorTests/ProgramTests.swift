import ClientHarness
import Glibc
import Testing

/// The built `cctrl`, as far as it needs no manager.
@Suite struct ProgramTests {
    /// A cluster on addresses where nobody listens.
    private static let configuration = """
        [defaults]
        user=tungsten
        install-directory=/nonexistent
        security-directory=/nonexistent/security
        host-addresses=east1:127.93.0.1,east2:127.93.0.2,west1:127.94.0.1
        replication-user=tungsten
        replication-password=secret
        application-user=app_user
        application-password=secret
        [east]
        topology=clustered
        connectors=east1,east2
        master=east1
        members=east1,east2
        [west]
        topology=clustered
        connectors=west1
        master=west1
        members=west1

        """

    private func withConfiguration(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/cctrl-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        let bytes = Array(Self.configuration.utf8)
        try #require(write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
        try body(path)
    }

    @Test func `version and help need nothing`() throws {
        let version = try Spawn.run(Built.cctrl, ["--version"])
        #expect(version.status == 0 && version.output.hasPrefix("cctrl ") && version.errors == "")
        let help = try Spawn.run(Built.cctrl, ["-help"])
        #expect(help.status == 0 && help.output.contains("-host, --host NAME"))
    }

    @Test(arguments: [
        (["-frobnicate"], "ERROR: there is no option '-frobnicate'"),
        (["-host"], "ERROR: '-host' needs NAME"),
        (["-proxy"], "ERROR: '-proxy' is refused"), (["ls"], "ERROR: 'ls' is not an option"),
        (["--config", "/nonexistent/x.ini", "-e", "ls"], "ERROR: /nonexistent/x.ini"),
    ])
    func `wrong command lines are told and end with 2`(words: [String], message: String) throws {
        let result = try Spawn.run(Built.cctrl, words)
        #expect(result.status == 2)
        #expect(result.output == "")
        #expect(result.errors.hasPrefix(message), "\(result.errors)")
        #expect(result.errors.contains("\nHint: "))
    }

    @Test func `a host that is not in the configuration is told with those that are`() throws {
        try withConfiguration { path in
            let result = try Spawn.run(Built.cctrl, ["--config", path, "-host", "east9", "-e", "ls"])
            #expect(result.status == 2)
            #expect(
                result.errors
                    == "ERROR: the configuration has no host 'east9'\nHint: hosts: east1, east2, west1\n")
            let nowhere = try Spawn.run(Built.cctrl, ["-e", "ls"], environment: ["CCTRL_CONFIG=\(path)"])
            #expect(nowhere.status == 2 && nowhere.errors.contains("name one with -host or CCTRL_HOST"))
        }
    }

    @Test func `a certificate that is not there is told with its path`() throws {
        try withConfiguration { path in
            let result = try Spawn.run(Built.cctrl, ["--config", path, "-host", "east1", "-e", "ls"])
            #expect(result.status == 8)
            #expect(result.errors.contains("'/nonexistent/security/ca.pem': No such file or directory"))
        }
    }

    @Test func `commands that ask no manager work without one`() throws {
        try withConfiguration { path in
            let result = try Spawn.run(
                Built.cctrl, ["--config", path, "-host", "east1", "-e", "help; expert; cd ..; ls"])
            #expect(result.status == 0 && result.errors == "")
            #expect(result.output.hasSuffix("\neast\nwest\n\n"))
        }
    }

    @Test func `TAB of the login shell never complains`() throws {
        let options = try Spawn.run(Built.cctrl, ["--complete-line", "cctrl -ho", "9"])
        #expect(options.status == 0 && options.output == "-host\n" && options.errors == "")
        try withConfiguration { path in
            let environment = ["CCTRL_CONFIG=\(path)", "CCTRL_HOST=east1"]
            let hosts = try Spawn.run(
                Built.cctrl, ["--complete-line", "cctrl -host w", "13"], environment: environment)
            #expect(hosts.status == 0 && hosts.output == "west1\n" && hosts.errors == "")
            let names = try Spawn.run(
                Built.cctrl, ["--complete-line", "cctrl -e 'datasource ", "21"], environment: environment)
            #expect(names.status == 0 && names.output == "" && names.errors == "")
        }
    }

    @Test func `at a terminal the errors are on the screen and the status is honest`() throws {
        let terminal = try PseudoTerminal(Built.cctrl, ["--config", "/nonexistent/x.ini"])
        try terminal.expect("ERROR: /nonexistent/x.ini")
        #expect(try terminal.exitStatus() == 2)
    }

    @Test func `completions and manual pages are up to date`() throws {
        let result = try Spawn.run(Built.docs, ["--check", Built.root])
        #expect(result.status == 0, "\(result.output)")
    }

    private static let mandoc = ["/usr/bin/mandoc", "/usr/local/bin/mandoc"].first { (path: String) in
        access(path, X_OK) == 0
    }

    @Test(
        .enabled(if: mandoc != nil, "mandoc is not installed"),
        arguments: [
            "cctrl.1", "cctrl-manager.8", "cctrl-sandbox.1",
        ])
    func `manual pages are clean`(name: String) throws {
        let result = try Spawn.run(try #require(Self.mandoc), ["-T", "lint", "\(Built.root)/man/\(name)"])
        // Pages that this machine has not installed are no fault of the page.
        let faults = (result.output + result.errors).split(separator: "\n").filter {
            !$0.contains("referenced manual not found") && !$0.contains("mandoc.db")
        }
        #expect(faults == [])
    }
}
