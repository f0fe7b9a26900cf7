import ArgumentParser
import SandboxKit

/// Names of hosts and sites, `east1,east2` or `east1 east2`.
private func names(_ words: [String]) -> [String] {
    words.flatMap { $0.split(separator: ",").map(String.init) }
}

/// The command `cut`.
struct Cut: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let packets vanish between hosts or sites and others; needs 'up --netns'.",
        discussion: "Tools on this machine reach every host all the same.")

    @Argument(help: "Hosts or sites, with commas between them; they still reach each other.")
    var places: [String]
    @Option(help: "Only between them and these hosts or sites (default: all others).")
    var from: String?
    @Flag(help: "Only what the former send is lost.")
    var oneWay = false
    @OptionGroup var common: CommonOptions

    func run() throws {
        try answering {
            try common.sandbox().cut(names(places), from: names(from.map { [$0] } ?? []), oneWay: oneWay)
        }
    }
}

/// The command `heal`.
struct Heal: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take back what was cut at these hosts or sites, or everywhere.")

    @Argument(help: "Hosts or sites (default: all).")
    var places: [String] = []
    @OptionGroup var common: CommonOptions

    func run() throws { try answering { try common.sandbox().heal(names(places)) } }
}

/// The command `delay`.
struct Delay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make packets between hosts or sites and others late, each way; needs 'up --netns'.")

    @Argument(help: "Hosts or sites, with commas between them.")
    var places: String
    @Argument(help: "How much later, such as 50ms; 0 takes it back.")
    var time: String
    @Option(help: "By how much that varies, such as 10ms.")
    var jitter = "0"
    @Option(help: "Only between them and these hosts or sites (default: all others).")
    var from: String?
    @OptionGroup var common: CommonOptions

    func run() throws {
        try answering {
            try common.sandbox().delay(
                names([places]), from: names(from.map { [$0] } ?? []), by: WireSetting.microseconds(time),
                jitter: WireSetting.microseconds(jitter))
        }
    }
}

/// The command `loss`.
struct Loss: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lose a share of the packets between hosts or sites and others; needs 'up --netns'.")

    @Argument(help: "Hosts or sites, with commas between them.")
    var places: String
    @Argument(help: "The share, such as 5%; 0 takes it back.")
    var share: String
    @Option(help: "Only between them and these hosts or sites (default: all others).")
    var from: String?
    @OptionGroup var common: CommonOptions

    func run() throws {
        try answering {
            try common.sandbox().lose(
                WireSetting.share(share), names([places]), from: names(from.map { [$0] } ?? []))
        }
    }
}

/// `wire`: the process that late and lost packets go through.
struct Wire: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Carry late packets, in the namespace between the hosts.", shouldDisplay: false)

    @OptionGroup var common: CommonOptions

    func run() throws {
        try answering {
            var wire = try PacketWire(settings: common.sandbox().directory.wires)
            wire.run()
        }
    }
}
