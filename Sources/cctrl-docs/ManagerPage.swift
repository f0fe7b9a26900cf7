import CommandGrammar

/// `cctrl-manager(8)`.
enum ManagerPage {
    private static let options = [
        ProgramOption(
            ["--config"], value: "FILE", summary: "Read this tungsten.ini instead of the installed one."),
        ProgramOption(
            ["--host"], value: "NAME",
            summary:
                "Be the manager of this host of the configuration; otherwise of the host with this machine's "
                + "name."
        ),
        ProgramOption(
            ["--log-level"], value: "LEVEL",
            summary: "Log from this level on: trace, debug, info, notice (the default), warning or error."),
        ProgramOption(
            ["--check"],
            summary: "Read the configuration and etcd's certificates, say what is wrong, and end."),
        ProgramOption(
            ["--last-man-standing"],
            summary:
                "Let this host go on alone after the majority of its site was lost for good, and end. It says what "
                + "that means, and wants a sentence typed. Its manager runs meanwhile, as the same user. Refused while a "
                + "majority is there, on a witness, and with etcd-endpoints."),
        ProgramOption(["--help"], summary: "Show the options."),
        ProgramOption(["--version"], summary: "Show the version."),
    ]

    static let page = ManualPage(
        name: "cctrl-manager", section: 8, summary: "watch and steer one host of a cluster of MariaDB sites",
        date: pageDate,
        sections: [
            .init("SYNOPSIS", [.synopsis([.init(options: options)])]),
            .init("DESCRIPTION", description),
            .init("SIGNALS", [.list(signals)]),
            .init("FILES", [.list(files)]),
            .init("EXIT STATUS", [.list(exitCodes)]),
            .init("SEE ALSO", [.references([("cctrl", 1), ("cctrl-sandbox", 1), ("mariadbd", 8)])]),
        ])

    private static let description: [ManualPage.Block] = [
        .paragraph(
            "Runs on every host of a site. It observes the host's database server, its router and itself, "
                + "publishes what it sees under a lease, and runs a member of the site's etcd. One manager "
                + "of each site is its coordinator: it decides, according to the policy, and runs the "
                + "operations that operators ask for with `cctrl`. It listens on manager-port for sessions "
                + "that show a certificate of the cluster's authority, and writes its log to the standard "
                + "error output."),
        .list(
            options.map { option in
                (
                    option.names.joined(separator: " , ") + (option.value.map { " " + $0 } ?? ""),
                    [option.summary]
                )
            }),
    ]

    private static let signals: [(term: String, text: [String])] = [
        (
            "SIGTERM, SIGINT",
            [
                "A clean stop: the lease is given back, so that the other managers need not wait for its end, and the "
                    + "etcd member is stopped. Restart one manager of a site at a time."
            ]
        )
    ]

    private static let files: [(term: String, text: [String])] = [
        ("/etc/tungsten/tungsten.ini", ["The configuration, the same on every host of the cluster."]),
        ("host.pem, host-key.pem", ["In the security directory: the host's certificate and its key."]),
        ("ca.pem", ["In the security directory: the certificate of the cluster's authority."]),
        (
            "etcd.pem, etcd-key.pem, etcd-ca.pem",
            [
                "In the security directory: the same for etcd, whose authority is another one: a certificate of a "
                    + "person must open no way around the managers."
            ]
        ),
        (
            "operator.pem, observer.pem",
            [
                "In the security directory, with their `-key.pem`: whom `cctrl` speaks for, as far as the account "
                    + "may read them."
            ]
        ),
        (
            "etcd",
            ["In the install directory: what the site agreed on. The member is made anew when it is lost."]
        ),
        ("run, log, conf", ["In the install directory: process numbers and sockets, logs, generated files."]),
    ]

    private static let exitCodes: [(term: String, text: [String])] = [
        ("0", ["A clean stop, or a configuration that `--check` finds right."]),
        ("1", ["It could not start or go on; the last line says why."]),
        ("64", ["An option is wrong."]),
    ]
}
