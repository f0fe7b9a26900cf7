import AdminProtocol
import ClusterModel
import CommandGrammar

/// What one user of the shell has chosen, and the running of their commands.
package final class Session {
    /// Where the running command's output goes: the user's screen, a file, or a report.
    package internal(set) var screen: any Screen
    package let network: any ManagerNetwork
    /// The data service that commands act on; nil at the root.
    package var site: SiteName?
    package var isExpert: Bool
    package var mode = Mode.logical
    /// The place in the tree of the physical mode.
    var place = ResourcePath.root
    /// `set force true`: operations leave out those checks that they say they can.
    package var force = false
    /// `set output`.
    package var level = OutputLevel.normal
    /// Every question counts as answered with yes (`--yes`).
    let saysYes: Bool
    /// How answers are shown where a command's own options do not say otherwise.
    package let presentation: Presentation
    /// Runs commands that end with `&`; nil where none can be run beside this session.
    package var background: (any BackgroundRunner)?
    /// The wall clock.
    package var clock: () -> WallTime = WallTime.now
    /// The zone of the times that are shown.
    package var time = TimeText.local
    /// The command that runs now.
    var running: RunningCommand?
    var cachedStatus: SiteStatus?
    var cachedEntries: [OperationRecord]?

    package init(
        screen: any Screen, network: any ManagerNetwork, site: SiteName?, isExpert: Bool,
        saysYes: Bool = false, presentation: Presentation = Presentation()
    ) {
        self.screen = screen
        self.network = network
        self.site = site
        self.isExpert = isExpert
        self.saysYes = saysYes
        self.presentation = presentation
    }

    package var prompt: String {
        let path = mode == .physical ? "resource:\(place)" : "/\(site?.description ?? "")"
        return "[\(mode.rawValue)\(isExpert && mode != .admin ? ":EXPERT" : "")] \(path) > "
    }

    /// The commands of the mode.
    package var commands: [any ShellCommand.Type] {
        mode == .physical ? CommandTable.physical : CommandTable.all
    }

    package var grammar: Grammar { mode == .physical ? CommandTable.physicalGrammar : CommandTable.grammar }

    /// The manager of the chosen data service.
    package func link() throws(Refusal) -> any ManagerLink {
        guard let site else {
            let first = network.sites.keys.min()?.description ?? "<service>"
            throw Refusal(
                .badArgument, "no data service is chosen; nothing was changed",
                hint: "type 'use \(first)' first; 'ls' lists them")
        }
        return try network.link(to: site)
    }

    /// Asks the manager something that has no lines of its own.
    package func ask<Call: AdminCall>(_ call: Call) throws(Refusal) -> Call.Reply {
        try ask(call, of: link()) { tell($0) }
    }

    /// The same of a given manager.
    func ask<Call: AdminCall>(
        _ call: Call, of link: any ManagerLink, progress: (String) -> Void
    ) throws(Refusal) -> Call.Reply {
        if running?.isPlanned == true, Call.access != .observer { return try plan(call, of: link) }
        let started = clock()
        if level >= .diag {
            let text = String(decoding: try FrameCodec.encode(call), as: UTF8.self)
            screen.print(stamped("DIAG: \(Call.method) \(text)"))
        }
        let reply = try link.send(call, limit: nil, progress: progress)
        if level >= .debug {
            let milliseconds = clock().milliseconds - started.milliseconds
            screen.print(
                stamped("DEBUG: \(Call.method) answered by \(link.welcome.host) in \(milliseconds) ms"))
        }
        return reply
    }

    /// Runs an operation: its steps appear as they come, its outcome last.
    package func perform<Call: AdminCall>(_ call: Call) throws(Refusal) -> Ending
    where Call.Reply == Outcome {
        conclude(try ask(call))
    }

    // MARK: questions

    /// The classic question before a command that can do harm.
    /// - Returns: whether the user wants it.
    /// - Throws: where there is nobody to ask.
    package func confirm(_ command: String) throws(Refusal) -> Bool {
        if isExpert || saysYes || running?.saysYes == true { return true }
        guard screen.isInteractive else {
            throw Refusal(
                .forceNeeded,
                "'\(command)' is an expert-level command and nobody is here to confirm it; "
                    + "nothing was changed",
                hint: "start cctrl with -expert, or with --yes")
        }
        let terminal = running?.terminal ?? screen
        ExpertWarning.lines.forEach(terminal.print)
        let answer = terminal.ask(ExpertWarning.question)?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }
}

extension WallTime {
    /// This machine's clock.
    package static func now() -> WallTime { SystemClock.now }
}
