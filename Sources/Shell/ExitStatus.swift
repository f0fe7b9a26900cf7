/// The exit statuses of `cctrl` with `-e` and `-f`; manual page and tests take them from here.
package enum ExitStatus {
    package static let all: [(status: Int32, meaning: String)] = [
        (0, "Done."),
        (1, "Failed; nothing is changed unless the output says otherwise."),
        (2, "The command or an option is wrong."),
        (3, "Refused by a safety rule."),
        (4, "Done, and something is left to do: the output says what."),
        (5, "The outcome is not known; the operation may go on."),
        (6, "Out of time; a change may go on."),
        (7, "No manager answers, or the managers reach no majority. Also without `-e` and `-f`."),
        (8, "Not permitted, or a certificate is not accepted."),
    ]
}
