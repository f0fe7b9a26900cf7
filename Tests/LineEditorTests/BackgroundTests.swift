import ClientHarness
import Testing

/// `&`: a command beside the session.
@Suite struct BackgroundTests {
    private let session: TerminalSession

    init() throws { session = try TerminalSession() }

    @Test func `a command in the background is run with the session's choices, and its output comes`() throws
    {
        // The reader gets everything: a pipe is at its end when both programs are.
        let result = try session.shell("printf 'ls &\\nset force true\\n' | cctrl --no-banner -expert | cat")
        #expect(result.status == 0)
        #expect(result.errors == "")
        #expect(result.output.contains("[LOGICAL:EXPERT] /east > ls &\n[1] "))
        #expect(result.output.contains("COORDINATOR[east1:AUTOMATIC:ONLINE]"))
        #expect(result.output.contains("FORCE: true"))
    }

    @Test func `a script would lose how it ends, and is refused`() throws {
        let result = try session.shell("cctrl -e 'ls &'")
        #expect(result.status == 2)
        #expect(result.output == "")
        #expect(result.errors.hasPrefix("ERROR: '&' is refused: "))
    }
}
