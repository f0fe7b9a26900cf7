import ClientHarness
import Testing

/// `cctrl` in scripts.
@Suite struct PipeTests {
    private let session: TerminalSession

    init() throws { session = try TerminalSession() }

    @Test func `the classic pipe shows banner, session, prompts and output`() throws {
        let result = try session.shell("echo 'use east;set policy maintenance' | cctrl -expert")
        #expect(
            result.output == """
                cctrl 0.1.0 build 1
                east: session established
                [LOGICAL:EXPERT] /east > use east
                [LOGICAL:EXPERT] /east > set policy maintenance
                policy mode is now MAINTENANCE

                Exiting...

                """)
        #expect(result.status == 0)
        #expect(result.errors == "")
    }

    @Test func `classic pipelines find what they look for`() throws {
        let names = "tr -d '|+' | grep -E '(master|slave|relay|standby):' | awk -F: '{print $1}' | tr '(' ' '"
        #expect(try session.shell("echo ls | cctrl | \(names)").output == "east1 master\n")
        let policy = try session.shell("echo ls | cctrl | grep COORDINATOR")
        #expect(policy.output == "COORDINATOR[east1:AUTOMATIC:ONLINE]\n")
        #expect(try session.shell("echo 'ls ' | cctrl -multi | grep -c east").output == "2\n")
        #expect(try session.shell("echo 'nonsense' | cctrl").status == 0)
    }

    @Test func `output is complete or cut by its reader, and never an error`() throws {
        let result = try session.shell("cctrl -e 'ls; ls -l; ls' | head -1; cctrl -e ls >&-; echo $?")
        #expect(result.output == "\n0\n")
    }

    @Test func `-e and -f show output only, and end with an honest status`() throws {
        let both = try session.shell(
            "echo 'set policy maintenance # at once' > $HOME/x; cctrl -f $HOME/x -e 'set force true'")
        #expect(both.output == "policy mode is now MAINTENANCE\nFORCE: true\n")
        #expect(both.status == 0)
        let refused = try session.shell("cctrl -expert -e 'failover; set force true'")
        #expect(refused.status == 3)
        #expect(refused.output == "")
        #expect(refused.errors == "ERROR: it is\nHint: so\n")
        #expect(try session.shell("echo 'set force true' | cctrl -f -").output == "FORCE: true\n")
        #expect(try session.shell("cctrl -f /nonexistent/x").status == 2)
        #expect(try session.shell("cctrl -timeout 1 -e switch").status == 6)
        #expect(try session.shell("cctrl -service west -e ls").status == 7)
        #expect(try session.shell("cctrl -e recover").status == 5)
    }

    @Test func `no manager at the start is told with the address and the other hosts, and is status 7`()
        throws
    {
        let result = try session.shell("echo ls | cctrl -port 1")
        #expect(result.status == 7)
        #expect(
            result.errors.hasPrefix(
                "ERROR: cannot connect to the manager of east1 (127.0.0.1:1): Connection refused\n"))
    }

    @Test func `the login shell completes live names`() throws {
        let line = #"cctrl --complete-line "cctrl -e 'datasource " 21"#
        let output = try session.shell("export CCTRL_COMPLETION_MS=20000; \(line)").output
        #expect(output == "datasource east1\n")
    }
}
