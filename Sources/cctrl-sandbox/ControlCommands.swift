import ArgumentParser
import SandboxKit

/// `HOST` or `HOST/COMPONENT`.
struct PlaceArgument: ParsableArguments {
    @Argument(help: "HOST, or HOST/mysql, HOST/router, HOST/manager, HOST/etcd.")
    var place: String
    @OptionGroup var common: CommonOptions

    func control(_ verb: ControlVerb) throws {
        try answering { try common.sandbox().control(verb, Place(place)) }
    }
}

/// The command `kill`.
struct Kill: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Kill without warning (SIGKILL).")
    @OptionGroup var argument: PlaceArgument
    func run() throws { try argument.control(.kill) }
}

/// The command `stop`.
struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Freeze (SIGSTOP): connections stay open and nobody answers.")
    @OptionGroup var argument: PlaceArgument
    func run() throws { try argument.control(.stop) }
}

/// The command `cont`.
struct Cont: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let what is frozen go on (SIGCONT).")
    @OptionGroup var argument: PlaceArgument
    func run() throws { try argument.control(.cont) }
}

/// The command `start`.
struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Start what does not run.")
    @OptionGroup var argument: PlaceArgument
    func run() throws { try argument.control(.start) }
}

/// `service`: what managers call to start and stop servers and routers, as `systemctl` on a real host.
struct Service: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start, stop, restart or ask for a host's server or router.", shouldDisplay: false)

    @Argument(help: "start, stop, restart or status.")
    var verb: String
    @Argument(help: "HOST/mysql or HOST/router.")
    var place: String
    @OptionGroup var common: CommonOptions

    func run() throws {
        try answering {
            guard let verb = ServiceVerb(rawValue: verb) else {
                throw SandboxError("'\(verb)' is none of start, stop, restart, status")
            }
            let result = try common.sandbox().service(verb, Place(place))
            if !result.output.isEmpty { say(result.output) }
            if result.status != 0 { throw ExitCode(result.status) }
        }
    }
}
