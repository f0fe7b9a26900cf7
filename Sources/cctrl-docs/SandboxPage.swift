import CommandGrammar

/// `cctrl-sandbox(1)`.
enum SandboxPage {
    static let page = ManualPage(
        name: "cctrl-sandbox", section: 1, summary: "a whole multi-site MariaDB cluster on one machine",
        date: pageDate,
        sections: [
            .init("SYNOPSIS", [.synopsis(verbs.map { .init(words: $0.term) })]),
            .init("DESCRIPTION", [.paragraph(introduction), .list(verbs)]),
            .init("ENVIRONMENT", [.list(environment)]),
            .init("EXIT STATUS", [.list(exitCodes)]),
            .init("EXAMPLES", examples),
            .init("SEE ALSO", [.references([("cctrl", 1), ("mariadb", 1), ("cctrl-manager", 8)])]),
        ])

    private static let introduction =
        "Makes a cluster of real servers, routers and managers to try, to break and to test with. Each host "
        + "has a loopback address of its own (127.1.0.1 is the first host of the first site, 127.2.0.1 "
        + "the first of the second) and the same ports and configuration as a real one. Nothing outside "
        + "its own directory is changed, and only what it has made is stopped or removed. Every verb "
        + "takes `--dir DIRECTORY`."

    private static let verbs: [(term: String, text: [String])] = [
        (
            "up [--sites NAME,NAME] [--nodes NUMBER] [--witness] [--address-base NUMBER] [--netns] [--keep]",
            [
                "Make what is not there, start what does not run, and wait until all of it works. Without "
                    + "options: sites `east` and `west` of 3 hosts each. `--address-base 5` puts the first "
                    + "site at 127.5.0.1 and so on, for a second sandbox beside the first. Data of an "
                    + "earlier `up` is kept. What a failed start has made is removed, unless `--keep` "
                    + "leaves it for inspection.",
                "With `--witness` each site has one host more, with a manager and an etcd member and no data.",
                "With `--netns` each host has a network namespace of its own, so that its links can be cut "
                    + "and delayed; addresses then begin with 198.18.1 instead of 127.1.0. It needs root and "
                    + "iproute2. `down` removes the namespaces.",
            ]
        ),
        ("status", ["Show which processes run, and what is cut or delayed."]),
        ("env HOST", ["Print `export` lines that put a login shell on a host."]),
        ("shell HOST", ["Open a login shell on a host."]),
        (
            "kill HOST[/COMPONENT]",
            ["Kill without warning. Components: `mysql`, `manager`, `router`, `etcd`."]
        ),
        ("stop HOST[/COMPONENT]", ["Freeze: connections stay open and nobody answers."]),
        ("cont HOST[/COMPONENT]", ["Let what is frozen go on."]),
        ("start HOST[/COMPONENT]", ["Start what does not run."]),
        (
            "disk HOST/mysql|HOST/etcd [--size MIB|--remove]",
            [
                "Give a host's server, or its etcd member, a disk of its own, of memory; it is stopped and started "
                    + "for that. It needs root. `down` puts the data back into the sandbox's directory."
            ]
        ),
        ("fill HOST/mysql|HOST/etcd", ["Fill that disk, until nothing more can be written."]),
        ("free HOST/mysql|HOST/etcd", ["Take back what `fill` has written."]),
        (
            "clock HOST SECONDS",
            [
                "Set the clock of a host's server, router and manager ahead of this machine's, or behind it where "
                    + "negative; 0 sets it right. What was started before the first time says so."
            ]
        ),
        (
            "renew HOST [--days NUMBER] [--expired]",
            ["Give a host a new certificate and key, valid for so many days (825), or one that has ended."]
        ),
        (
            "cut PLACE[,PLACE] [--from PLACE[,PLACE]] [--one-way]",
            [
                "Let packets vanish between hosts or sites and all others, or those of `--from`. They still "
                    + "reach each other, and this machine reaches them all. With `--one-way` only what the "
                    + "former send is lost. Needs `up --netns`, as the next three do."
            ]
        ),
        (
            "delay PLACE[,PLACE] TIME [--jitter TIME] [--from PLACE[,PLACE]]",
            ["Make packets between them and others later by a time such as `50ms`, each way."]
        ),
        (
            "loss PLACE[,PLACE] SHARE [--from PLACE[,PLACE]]",
            ["Lose a share of the packets between them and others, such as `5%`, each way."]
        ),
        ("heal [PLACE...]", ["Take back cuts, delays and losses at these hosts or sites, or at all."]),
        (
            "load [--site NAME] [--seconds NUMBER] [--clients NUMBER] [--pause MILLISECONDS] "
                + "[--rate NUMBER] [--log FILE] [--connect]",
            [
                "Write through the write ports of a site's routers, reconnecting as applications do, and "
                    + "remember every confirmation. At the end tell the rate, the longest pause between two "
                    + "confirmations and every kind of error, and compare each server of the cluster with "
                    + "what was confirmed: status 1 where something is lost or repeated. `--connect` makes "
                    + "a connection for every write."
            ]
        ),
        (
            "switches [--site NAME] [--count NUMBER] [--clients NUMBER] [--rate NUMBER] [--connect] "
                + "[--naive|--blocked]",
            [
                "Switch a site's primary again and again under load, and tell the gaps that clients saw: "
                    + "median, 95th and 99th percentile, maximum. `--rate 0` writes as fast as the clients can. "
                    + "Every server is compared as by `load`. `--naive` switches as a script would, for "
                    + "comparison: read-only, wait, repoint, open, route; the site's managers are killed "
                    + "meanwhile and started again afterwards. `--blocked` has an UPDATE of 30 s run each time: "
                    + "every switch must be refused, and name it."
            ]
        ),
        (
            "compare [--seconds NUMBER]",
            ["Compare the applications' tables on all servers by their checksums. Status 1: they differ."]
        ),
        (
            "faults [--seed NUMBER] [--count NUMBER] [--kinds KIND,KIND] [--first NUMBER] [--rate NUMBER] "
                + "[--log FILE]",
            [
                "Break the cluster again and again while applications write at every site, and check its "
                    + "promises each time: one writer a site at any time, every acknowledged write once on "
                    + "every server, everything whole again; at intervals equal tables and binary logs. In a "
                    + "sandbox made alike the same seed breaks the same things for the same time. Each fault is told in a line, and "
                    + "in detail in the log; at the end come medians and maxima of each kind. Status 1: a "
                    + "promise was broken, and the cluster is left as it is. `--help` lists the kinds."
            ]
        ),
        (
            "failovers [--site NAME] [--kind KIND] [--count NUMBER] [--clients NUMBER] [--rate NUMBER] "
                + "[--rate-elsewhere NUMBER] [--log FILE]",
            [
                "Take a site's primary away again and again under load, wait until another server has its place, "
                    + "bring it back, and tell the gaps that clients saw. Kinds: `server-kill`, `server-stop`, "
                    + "`host-kill`, `host-cut`. Other sites write 40 times a second unless `--rate-elsewhere` says "
                    + "otherwise: on one machine they share processors and a disk. Every server is compared as by `load`."
            ]
        ),
        (
            "bench [--runs NUMBER]",
            ["Time `cctrl -e ls` beside an encrypted `mariadb -e 'select 1'`, and tell medians and maxima."]
        ),
        ("down [--purge]", ["Stop every process; with `--purge` remove the data too."]),
    ]

    private static let environment: [(term: String, text: [String])] = [
        (
            "CCTRL_SANDBOX_DIR",
            [
                "The sandbox's directory, where `--dir` names none. Without both: `~/.local/share/cctrl-sandbox`."
            ]
        )
    ]

    private static let exitCodes: [(term: String, text: [String])] = [
        ("0", ["Done."]),
        ("1", ["Not done; the last line says why, and what to do."]),
        ("64", ["A word of the command line is wrong."]),
        ("130", ["Ended by Ctrl-C."]),
    ]

    private static let examples: [ManualPage.Block] = [
        .paragraph("A cluster, a look at it, and a dead primary:"),
        .example([
            "cctrl-sandbox up", "eval \"$(cctrl-sandbox env east1)\"", "cctrl -e ls",
            "cctrl-sandbox kill east1/mysql",
        ]),
    ]
}
