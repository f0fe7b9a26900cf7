/// What the command line of `cctrl` asks for.
package struct Options: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        case run
        case help
        case version
        /// What TAB of the login shell offers for a command line, at a byte of it.
        case complete(line: String, point: Int)
    }

    /// Commands given on the command line.
    package enum Input: Hashable, Sendable {
        case text(String)
        /// `-` is the standard input.
        case file(String)
    }

    package var action = Action.run
    package var isExpert = false
    package var mode = Mode.logical
    package var presentation = Presentation()
    package var isMulti = false
    package var saysYes = false
    package var hidesBanner = false
    package var keepsNoHistory = false
    package var host: String?
    package var port: Int?
    package var service: String?
    /// Seconds.
    package var timeout: Int?
    package var configuration: String?
    /// In the order given; empty for the terminal or the standard input.
    package var inputs: [Input] = []

    package init() {}
}

/// A command line that cannot be followed.
package struct UsageError: Error, Hashable, Sendable {
    package var message: String
    package var hint: String?

    package init(_ message: String, hint: String? = "cctrl --help lists the options") {
        self.message = message
        self.hint = hint
    }
}
