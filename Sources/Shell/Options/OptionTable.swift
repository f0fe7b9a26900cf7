import CommandGrammar

/// The options of `cctrl`: classic words with one dash, and the same with two.
package enum OptionTable {
    package static let all: [ProgramOption] = [
        ProgramOption(
            ["-e"], value: "COMMANDS",
            summary:
                "Run these commands, parted by ';', and end; may be given more than once. Stops at the first "
                + "failure."),
        ProgramOption(
            ["-f"], value: "FILE", summary: "Run the commands in FILE ('-': standard input) in the same way."),
        ProgramOption(["-host", "--host"], value: "NAME", summary: "Ask the manager of this host."),
        ProgramOption(
            ["-port", "--port"], value: "NUMBER", summary: "Ask on this port instead of manager-port."),
        ProgramOption(["-service", "--service"], value: "NAME", summary: "Begin with this data service."),
        ProgramOption(
            ["-multi", "--multi"], summary: "Begin at the root, where 'ls' lists the data services."),
        ProgramOption(["-logical", "--logical"], summary: "Begin in logical mode; this is the default."),
        ProgramOption(
            ["-physical", "--physical"],
            summary: "Begin in physical mode, a tree of hosts and processes to look at."),
        ProgramOption(["-admin", "--admin"], summary: "Begin in admin mode: no questions either."),
        ProgramOption(
            ["-expert", "--expert"], summary: "Begin in expert mode: no questions before risky commands."),
        ProgramOption(["--yes"], summary: "Answer every question with yes."),
        ProgramOption(
            ["--json"],
            summary:
                "Answer every command with one line of JSON; docs/json.md describes it. Implies --no-banner."),
        ProgramOption(
            ["--events"], summary: "The same, and a line for each step of an operation while it comes."),
        ProgramOption(
            ["--fields"], value: "NAME,NAME",
            summary: "Show only these fields of each row, parted by tabs; with --json as JSON."),
        ProgramOption(
            ["-timeout", "--timeout"], value: "SECONDS",
            summary:
                "Wait so long for a command; otherwise 15 seconds for one that reads, 600 for one that "
                + "changes, and 12 hours for one that copies data, which ends with cctrl."
        ),
        ProgramOption(["--config"], value: "FILE", summary: "Read this tungsten.ini."),
        ProgramOption(["-no-history", "--no-history"], summary: "Neither read nor write ~/.cctrl_history."),
        ProgramOption(["--no-banner"], summary: "Do not show the version and the session line at the start."),
        ProgramOption(["--help"], summary: "Show this help."),
        ProgramOption(["--version"], summary: "Show the version."),
    ]

    /// Classic words that mean something this program does not do, and why not.
    static let refused = [
        "proxy": "a proxy is not needed: any manager answers for its whole site"
    ]

    /// The option that a word of the command line names, with one dash or two; without its value.
    static func find(_ word: String) -> ProgramOption? {
        if let exact = all.first(where: { $0.names.contains(word) }) { return exact }
        let bare = word.drop { $0 == "-" }
        guard bare.count > 1 else { return nil }
        return all.first { option in option.names.contains { $0.drop { $0 == "-" } == bare } }
    }

    package static func help() -> [String] {
        [
            "usage: cctrl [options]",
            "",
            "Shows and steers a cluster of MariaDB sites. Without -e and -f it reads commands from the "
                + "terminal",
            "or from the standard input; 'help' lists them.",
            "",
        ] + Prose.options(all)
    }
}
