import CommandGrammar
import Shell

/// The day on which the pages last changed in substance.
let pageDate = "November 23, 2026"

/// `cctrl(1)`: options and commands from the tables of the shell.
enum CctrlPage {
    static let page = ManualPage(
        name: "cctrl", section: 1, summary: "see and steer a cluster of MariaDB sites", date: pageDate,
        sections: [
            .init("SYNOPSIS", [.synopsis([.init(options: OptionTable.all)])]),
            .init("DESCRIPTION", description),
            .init(
                "COMMANDS",
                commandIntroduction.map { .paragraph($0) } + [.list(commands(CommandTable.grammar))]),
            .init("OPTIONS OF COMMANDS", [.list(commandOptions)]),
            .init(
                "PHYSICAL MODE",
                [
                    .paragraph("After `physical` or with `-physical` the commands are these:"),
                    .list(commands(CommandTable.physicalGrammar)),
                ]),
            .init("CLASSIC COMMANDS", [.paragraph(classicIntroduction), .list(classic)]),
            .init("ENVIRONMENT", [.list(environment)]),
            .init("FILES", [.list(files)]),
            .init("EXIT STATUS", [.paragraph(exitIntroduction), .list(exitCodes)]),
            .init("EXAMPLES", examples),
            .init("SEE ALSO", [.references([("mariadb", 1), ("cctrl-sandbox", 1), ("cctrl-manager", 8)])]),
        ])

    private static let description: [ManualPage.Block] = [
        .paragraph(
            "Talks to the manager of one host, which answers for its whole site, over TLS with certificates "
                + "on both sides. At a terminal it is a shell with editing, history and completion. On a "
                + "pipe it shows each prompt with its command, then the output, and ends with status 0 "
                + "unless there was no manager. With `-e` or `-f` it shows output only, stops at the first "
                + "failure, and ends with an honest status."
        ),
        .paragraph(
            "Commands are parted by `;` or line ends; `#` begins a comment; quotes keep words together. "
                + "Words may be shortened as long as they stay clear. All options may be written with one "
                + "dash or with two."
        ),
        .list(
            OptionTable.all.map { option in
                let names = option.names.joined(separator: " , ")
                return (names + (option.value.map { " " + $0 } ?? ""), [option.summary])
            }),
    ]

    private static let commandIntroduction = [
        "Every command that reads takes `--json` and `--fields`, every one that changes something `--plan`, "
            + "`--json`, `--events` and `--yes` (`--plan` not where only this session changes, nor `operation abort`): see OPTIONS OF COMMANDS. `> file` after a command writes its output to a "
            + "file, `>> file` appends to it. `&` at the end runs it in the background, at a terminal and on a pipe; its "
            + "output comes when it has something to say."
    ]

    private static func commands(_ grammar: Grammar) -> [(term: String, text: [String])] {
        grammar.entries.filter { !$0.isHidden }.flatMap { entry in
            entry.patterns.enumerated().map { index, pattern in
                let isLast = index == entry.patterns.count - 1
                return (pattern.usage, isLast ? text(entry) : [])
            }
        }
    }

    private static func text(_ entry: CommandEntry) -> [String] {
        let examples = entry.examples.map { "`\($0.line)` (\($0.effect))" }
        let list = examples.isEmpty ? [] : ["Examples: " + examples.joined(separator: "; ") + "."]
        return [entry.summary + "."] + entry.details + list
    }

    /// Options that stand within a command.
    private static let commandOptions: [(term: String, text: [String])] = {
        var seen: Set<ProgramOption> = []
        let all = CommandTable.grammar.entries.filter { !$0.isHidden }.flatMap(\.options)
        return all.filter { seen.insert($0).inserted }.map { option in
            let names = option.names.joined(separator: " , ")
            return (names + (option.value.map { " " + $0 } ?? ""), [option.summary])
        }
    }()

    private static let classicIntroduction =
        "These are understood and refused; each refusal says why, and what to type instead. The classic option "
        + "`-proxy` is refused too. `< file` is refused: no command reads input."
    private static var classic: [(term: String, text: [String])] {
        ClassicCommand.forms.map { form in
            (CommandPattern(form.pattern).usage, ["Refused: \(form.why). Instead: \(form.way)."])
        }
    }

    private static let environment: [(term: String, text: [String])] = [
        ("CCTRL_CONFIG", ["The configuration to read, where `--config` names none."]),
        ("CCTRL_HOST", ["The host whose manager to ask, where `-host` names none."]),
        ("CCTRL_ROLE", ["The role whose certificate to show: `operator` (the default) or `observer`."]),
        ("CCTRL_CA", ["The certificate of the cluster's authority, instead of the configured one."]),
        ("CCTRL_CERT", ["Your certificate, instead of the configured one."]),
        ("CCTRL_KEY", ["The key of your certificate, instead of the configured one."]),
        ("TZ", ["The time zone of all times shown."]),
        (
            "PAGER",
            [
                "At a terminal, shows output that is taller than the window; `less` where it is unset, none where "
                    + "it is empty."
            ]
        ),
        ("NO_COLOR", ["Set and not empty: no colours."]),
        (
            "CCTRL_COMPLETION_MS",
            [
                "How long TAB of the login shell may wait for a manager, in milliseconds: 150 where it is unset."
            ]
        ),
    ]

    private static let files: [(term: String, text: [String])] = [
        ("/etc/tungsten/tungsten.ini", ["The configuration of an installed cluster."]),
        ("~/.cctrl_history", ["Commands typed before; readable by their owner only."]),
        (
            "~/.cctrlrc",
            [
                "Read at a terminal, one setting a line. `alias NAME = COMMANDS`; `set color` auto, always or "
                    + "never; `set pager` a command or off; `set events` on or off: whether what happens at the "
                    + "data service appears above the prompt; `set watch` seconds between two looks of `watch`. "
                    + "A line that begins with `#` is a comment; a wrong line is told and left out."
            ]
        ),
        ("~/.editrc", ["Key bindings; see editrc(5)."]),
    ]

    private static let exitIntroduction = "With `-e` and `-f`:"
    private static let exitCodes: [(term: String, text: [String])] = ExitStatus.all.map {
        (String($0.status), [$0.meaning])
    }

    private static let examples: [ManualPage.Block] = [
        .paragraph("Look at the site of this host:"),
        .example(["cctrl -e ls"]),
        .paragraph("Move the writes to another host, from a script:"),
        .example(["cctrl -e 'switch to east2' || echo \"status $?\""]),
        .paragraph("Which replicas are not ONLINE, and why:"),
        .example(["cctrl -e 'ls --fields name,role,state,reason' | awk -F '\\t' '$3 != \"ONLINE\"'"]),
        .paragraph("The same for a program:"),
        .example(["cctrl --json -e ls | jq '.result.dataSources[] | select(.state != \"ONLINE\")'"]),
        .paragraph("Follow a switch step by step:"),
        .example(["cctrl -e 'switch to east2 --events' | jq -r 'select(.event) | .line'"]),
        .paragraph("Work on a replica, and stop at the first failure:"),
        .example([
            "cctrl -e 'datasource east3 shun; replicator east3 offline' &&", "    ssh east3 apt upgrade &&",
            "    cctrl -e 'datasource east3 recover'",
        ]),
        .paragraph("What a command can be followed by:"),
        .example(["cctrl -e 'help datasource'"]),
        .paragraph("The classic way, on a pipe:"),
        .example(["echo 'use east;set policy maintenance' | cctrl -expert"]),
    ]
}
