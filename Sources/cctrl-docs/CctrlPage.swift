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
            .init("COMMANDS", [.list(commands)]),
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

    private static var commands: [(term: String, text: [String])] {
        CommandTable.grammar.entries.flatMap { entry in
            entry.patterns.enumerated().map { index, pattern in
                let isLast = index == entry.patterns.count - 1
                return (pattern.usage, isLast ? [entry.summary + "."] + entry.details : [])
            }
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
    ]

    private static let files: [(term: String, text: [String])] = [
        ("/etc/tungsten/tungsten.ini", ["The configuration of an installed cluster."]),
        ("~/.cctrl_history", ["Commands typed before; readable by their owner only."]),
        ("~/.editrc", ["Key bindings; see editrc(5)."]),
    ]

    private static let exitIntroduction = "With `-e` and `-f`:"
    private static let exitCodes: [(term: String, text: [String])] = [
        ("0", ["Done."]),
        ("1", ["Failed, and nothing is changed."]),
        ("2", ["The command or an option is wrong."]),
        ("3", ["Refused by a safety rule."]),
        ("4", ["Done, and something is left to do: the output says what."]),
        ("5", ["The outcome is not known; the operation may go on."]),
        ("6", ["Out of time."]),
        ("7", ["No manager answers, or the managers reach no majority. Also without `-e` and `-f`."]),
        ("8", ["Not permitted, or a certificate is not accepted."]),
    ]

    private static let examples: [ManualPage.Block] = [
        .paragraph("Look at the site of this host:"),
        .example(["cctrl -e ls"]),
        .paragraph("Move the writes to another host, from a script:"),
        .example(["cctrl -e 'switch to east2' || echo \"status $?\""]),
        .paragraph("The classic way, on a pipe:"),
        .example(["echo 'use east;set policy maintenance' | cctrl -expert"]),
    ]
}
