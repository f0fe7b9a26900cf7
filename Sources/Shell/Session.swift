import AdminProtocol
import ClusterModel
import CommandGrammar

/// What one user of the shell has chosen, and the running of their commands.
package final class Session {
    package let screen: any Screen
    package let network: any ManagerNetwork
    /// The data service that commands act on; nil at the root.
    package var site: SiteName?
    package var isExpert: Bool
    /// `set force true`: operations leave out those checks that they say they can.
    package var force = false
    /// Every question counts as answered with yes (`--yes`).
    private let saysYes: Bool
    private var cachedStatus: SiteStatus?
    /// Milliseconds that a person waits for TAB before the terminal seems dead.
    private static let namesLimit = 1000

    package init(
        screen: any Screen, network: any ManagerNetwork, site: SiteName?, isExpert: Bool,
        saysYes: Bool = false
    ) {
        self.screen = screen
        self.network = network
        self.site = site
        self.isExpert = isExpert
        self.saysYes = saysYes
    }

    package var prompt: String {
        "[LOGICAL\(isExpert ? ":EXPERT" : "")] /\(site?.description ?? "") > "
    }

    /// Runs one command of `line`; what there is to say is on the screen when it returns.
    package func run(_ statement: Statement, of line: String) -> Ending {
        cachedStatus = nil
        defer { screen.flush() }
        let match: Match
        do throws(GrammarError) {
            match = try CommandTable.grammar.match(statement)
        } catch {
            let lines = ["ERROR: \(error.message)"] + error.pointer(in: line)
            for text in lines + (error.hint.map { ["Hint: \($0)"] } ?? []) {
                screen.complain(SafeLine.of(text))
            }
            return .failed(2)
        }
        let command = CommandTable.all[match.entry]
        let arguments = Arguments(match)
        do throws(Refusal) {
            if command.isExpert(arguments, in: self), try !confirm(statement.text(in: line)) { return .done }
            return try command.run(arguments, in: self)
        } catch {
            RefusalView.lines(error).forEach(screen.complain)
            return .failed(error.code.exitStatus)
        }
    }

    /// The manager of the chosen data service.
    package func link() throws(Refusal) -> any ManagerLink {
        guard let site else {
            let first = network.sites.keys.min()?.description ?? "<service>"
            throw Refusal(
                .badArgument, "no data service is chosen; nothing was changed",
                hint:
                    "type 'use \(first)' first; 'ls' lists them"
            )
        }
        return try network.link(to: site)
    }

    /// Asks the manager something that has no lines of its own.
    package func ask<Call: AdminCall>(_ call: Call) throws(Refusal) -> Call.Reply {
        try link().send(call, limit: nil) {
            screen.print(SafeLine.of($0))
            screen.flush()
        }
    }

    /// Runs an operation: its steps appear as they come, its outcome last.
    package func perform<Call: AdminCall>(_ call: Call) throws(Refusal) -> Ending
    where Call.Reply == Outcome {
        let outcome = try ask(call)
        for line in outcome.lines { screen.print(SafeLine.of(line)) }
        return outcome.complete ? .done : .followUp
    }

    // MARK: questions

    /// The classic question before a command that can do harm.
    /// - Returns: whether the user wants it.
    /// - Throws: where there is nobody to ask.
    package func confirm(_ command: String) throws(Refusal) -> Bool {
        if isExpert || saysYes { return true }
        guard screen.isInteractive else {
            throw Refusal(
                .forceNeeded,
                "'\(command)' is an expert-level command and nobody is here to confirm it; "
                    + "nothing was changed",
                hint: "start cctrl with -expert, or with --yes")
        }
        ExpertWarning.lines.forEach(screen.print)
        let answer = screen.ask(ExpertWarning.question)?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }

    // MARK: names for TAB

    /// The words that a value of the grammar can be now; empty where no manager answers.
    package func names(_ kind: String) -> [String] {
        switch kind {
        case "site": return network.sites.keys.map(\.description) + [".."]
        case "configured-host": return network.sites.values.flatMap { $0.map(\.description) }.sorted()
        case "command": return CommandTable.all.map { $0.name }
        default: break
        }
        if cachedStatus == nil {
            // Without a manager there is nothing to offer, and TAB is no place for a complaint.
            cachedStatus = try? link().send(StatusCall(), limit: Self.namesLimit) { _ in }
        }
        return cachedStatus.map { LiveNames.of(kind, in: $0) } ?? []
    }

    /// Forgets what TAB has learnt: a new prompt begins.
    package func forgetNames() { cachedStatus = nil }
}
