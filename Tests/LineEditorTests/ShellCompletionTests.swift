import ClientHarness
import Glibc
import ServerHarness
import Testing

/// TAB in the login shells that people use, each one the real thing at a terminal.
@Suite struct ShellCompletionTests {
    struct LoginShell: Sendable, CustomTestStringConvertible {
        var name: String
        var arguments: [String]
        /// What makes it complete as an installed `cctrl` is completed; `DIR` stands for the scripts' folder.
        var setup: String
        var testDescription: String { name }

        var path: String? {
            let places: [String] = ["/bin/\(name)", "/usr/bin/\(name)", "/usr/local/bin/\(name)"]
            return places.first { access($0, X_OK) == 0 }
        }
    }

    static let bash = LoginShell(
        name: "bash", arguments: ["--norc", "--noprofile", "-i"], setup: "source DIR/cctrl.bash")
    static let zsh = LoginShell(
        name: "zsh", arguments: ["-f", "-i"],
        setup: "fpath=(DIR $fpath); autoload -U compinit; compinit -u -D; zstyle ':completion:*' menu no")
    static let fish = LoginShell(
        name: "fish", arguments: ["--no-config", "-i"],
        setup:
            "source DIR/cctrl.fish; function fish_prompt; echo '$ '; end; set -g fish_autosuggestion_enabled 0"
    )

    /// Types at a prompt that is ready.
    private func open(_ shell: LoginShell, _ session: TerminalSession) throws -> PseudoTerminal {
        let folder = Built.cctrl.split(separator: "/").dropLast().joined(separator: "/")
        let terminal = try PseudoTerminal(
            try #require(shell.path), shell.arguments,
            environment: session.environment + [
                "PATH=/\(folder):/usr/bin:/bin", "PS1=$ ", "CCTRL_COMPLETION_MS=20000", "INPUTRC=/dev/null",
            ], columns: 120)
        let setup = shell.setup.replacing("DIR", with: "\(Built.root)/completions")
        // The echo of this line does not hold its own answer.
        terminal.send("\(setup); echo rea''dy\r")
        try terminal.expect("ready")
        try terminal.expect("$ ")
        return terminal
    }

    private func check(_ shell: LoginShell) throws {
        let session = try TerminalSession()
        let terminal = try open(shell, session)
        terminal.send("cctrl --no-b\t")
        try terminal.expectScreen("an option") { $0.line.contains("cctrl --no-banner") }
        terminal.send("-e 'datas\t")
        try terminal.expectScreen("a command") { $0.line.contains("-e 'datasource") }
        terminal.send("\u{5}\u{15}")
        try terminal.expectScreen("an empty line") { $0.line == "$" }
        terminal.send("cctrl -e 'datasource ea\t")
        try terminal.expectScreen("a live name") { $0.line.contains("-e 'datasource east1") }
        terminal.send("\u{5}\u{15}")
        try terminal.expectScreen("an empty line") { $0.line == "$" }
        // Without a manager nothing comes, not even a complaint.
        session.stop("east1")
        terminal.send("cctrl -e 'datasource ea\tZ")
        try terminal.expectScreen("what was typed, and nothing else") { screen in
            screen.line.hasSuffix("cctrl -e 'datasource eaZ")
        }
    }

    @Test(.enabled(if: bash.path != nil, "bash is not installed"))
    func `bash completes options, commands and live names`() throws { try check(Self.bash) }

    @Test(.enabled(if: zsh.path != nil, "zsh is not installed"))
    func `zsh completes options, commands and live names`() throws { try check(Self.zsh) }

    @Test(.enabled(if: fish.path != nil, "fish is not installed"))
    func `fish completes options, commands and live names`() throws { try check(Self.fish) }
}
