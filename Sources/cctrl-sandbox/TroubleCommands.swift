import ArgumentParser
import ClusterModel
import SandboxKit

/// `HOST/mysql` or `HOST/etcd`.
struct DiskArgument: ParsableArguments {
    @Argument(help: "HOST/mysql or HOST/etcd.")
    var place: String
    @OptionGroup var common: CommonOptions
}

/// The command `disk`.
struct Disk: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give a server or an etcd member a small disk of its own, of memory; needs root.")

    @OptionGroup var argument: DiskArgument
    @Option(help: "Its size in MiB.")
    var size = 400
    @Flag(help: "Take the disk away again, and keep what is on it.")
    var remove = false

    func run() throws {
        try answering {
            let sandbox = try argument.common.sandbox()
            let place = try Place(argument.place)
            if remove { try sandbox.removeDisk(place) } else { try sandbox.makeDisk(place, mebibytes: size) }
        }
    }
}

/// The command `fill`.
struct Fill: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Fill such a disk.")
    @OptionGroup var argument: DiskArgument

    func run() throws { try answering { try argument.common.sandbox().fill(Place(argument.place)) } }
}

/// The command `free`.
struct Free: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take back what 'fill' has written.")
    @OptionGroup var argument: DiskArgument

    func run() throws { try answering { try argument.common.sandbox().empty(Place(argument.place)) } }
}

/// `HOST`.
struct HostArgument: ParsableArguments {
    @Argument(help: "The host.")
    var host: String
    @OptionGroup var common: CommonOptions

    func name() throws -> HostName {
        guard let name = HostName(host) else { throw SandboxError("'\(host)' is no host name") }
        return name
    }
}

/// The command `clock`.
struct SetClock: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Set the clock of a host's server, router and manager.")

    @OptionGroup var argument: HostArgument
    @Argument(help: "Seconds ahead of this machine's clock; 0 sets it right.")
    var seconds: Double

    func run() throws {
        try answering { try argument.common.sandbox().setClock(argument.name(), ahead: seconds) }
    }
}

/// The command `renew`.
struct Renew: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Give a host a new certificate and key.")

    @OptionGroup var argument: HostArgument
    @Option(help: "How long it is valid.")
    var days = 825
    @Flag(help: "One that ended yesterday.")
    var expired = false

    func run() throws {
        try answering {
            try argument.common.sandbox().renewCertificate(of: argument.name(), days: expired ? nil : days)
        }
    }
}
