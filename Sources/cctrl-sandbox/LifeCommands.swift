import ArgumentParser
import ClusterModel
import SandboxKit

/// The command `up`.
struct Up: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the sandbox where there is none, and start all of it that does not run.")

    @OptionGroup var common: CommonOptions
    @Option(help: "Names of the sites (default: east,west).")
    var sites: String?
    @Option(help: "Hosts in each site (default: 3).")
    var nodes: Int?
    @Flag(help: "Give each site a witness besides: a manager and an etcd member, and no data.")
    var witness = false
    @Option(help: "Second number of the first site's addresses (default: 1, which gives 127.1.0.1).")
    var addressBase: Int?
    @Flag(
        help:
            "Give each host a network namespace of its own, which can be cut; 198.18.1.1 instead of 127.1.0.1."
    )
    var netns = false
    @Flag(help: "Leave everything as it is where the start fails, to look at it.")
    var keep = false

    func run() throws {
        Interruption.prepare()
        try answering {
            let sandbox = try common.sandbox()
            try sandbox.up(options(), keepsFailure: keep)
            say("ready: \(sandbox.directory.path)")
        }
    }

    /// Nil where nothing was asked for: an existing sandbox then stays as it is.
    private func options() throws -> SandboxOptions? {
        guard sites != nil || nodes != nil || addressBase != nil || netns || witness else { return nil }
        let words = (sites ?? "east,west").split(separator: ",", omittingEmptySubsequences: false)
        let names = try words.map { word in
            guard let name = SiteName(String(word)), !word.contains(".") else {
                throw SandboxError(
                    "'\(word)' is not a name for a site", hint: "for example --sites east,west")
            }
            return name
        }
        return try SandboxOptions(
            sites: names, nodes: nodes ?? 3, hasWitness: witness, addressBase: addressBase ?? 1,
            hasNetwork: netns)
    }
}

/// The command `down`.
struct Down: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop every process of the sandbox; its data stays.")

    @OptionGroup var common: CommonOptions
    @Flag(help: "Remove the data too, and all that the sandbox made.")
    var purge = false

    func run() throws { try answering { try common.sandbox().down(purge: purge) } }
}

/// The command `status`.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show which processes run, and what is cut.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        try answering {
            let sandbox = try common.sandbox()
            for line in StatusTable(rows: try sandbox.status()).lines { say(line) }
            for line in try sandbox.networkFaults() { say(line) }
        }
    }
}
