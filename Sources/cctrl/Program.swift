import AdminProtocol
import ClusterModel
import CommandGrammar
import Glibc
import LineEditor
import Shell

/// `cctrl`: joins options, configuration, managers and terminal, and ends with an honest status.
enum Program {
    static func run(_ words: [String]) -> Int32 {
        Stages.mark("main")
        defer { Stages.mark("end") }
        let output = Output()
        let options: Options
        do throws(UsageError) {
            options = try OptionParser.parse(words)
        } catch {
            return output.fail(error.message, hint: error.hint, status: 2)
        }
        switch options.action {
        case .help:
            OptionTable.help().forEach(output.print)
        case .version:
            output.print(Product.banner)
        case .complete(let line, let point):
            ShellCompletion.run(line, point, output)
        case .run:
            return start(options, output)
        }
        output.flush()
        return 0
    }

    private static func start(_ options: Options, _ output: Output) -> Int32 {
        Stages.mark("options")
        do throws(Refusal) {
            let settings = try Settings(options)
            Stages.mark("configuration")
            let managers = Managers(settings)
            if !options.inputs.isEmpty { return try runInputs(options, settings, managers, output) }
            if isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0 {
                try runTerminal(options, settings, managers, output)
            } else {
                try runPipe(options, settings, managers, output)
            }
            // Classic scripts look at the output; the status says only whether there was a manager.
            return 0
        } catch {
            return output.fail(error.message, hint: error.hint, status: error.code.exitStatus)
        }
    }

    private static func session(
        _ options: Options, _ settings: Settings, _ managers: Managers, _ screen: any Screen
    )
        -> Session
    {
        let session = Session(
            screen: screen, network: managers, site: options.isMulti ? nil : settings.site,
            isExpert: options.isExpert, saysYes: options.saysYes, presentation: options.presentation)
        session.mode = options.mode
        return session
    }

    /// Version, first connection, session line.
    private static func greet(
        _ options: Options, _ settings: Settings, _ managers: Managers, _ output: Output
    ) throws(Refusal) {
        if !options.hidesBanner {
            output.print(Product.banner)
            output.flush()
        }
        let link = try managers.link(to: settings.site)
        if !options.hidesBanner { output.print("\(link.welcome.site): session established") }
        output.flush()
    }

    private static func runTerminal(
        _ options: Options, _ settings: Settings, _ managers: Managers, _ output: Output
    ) throws(Refusal) {
        let path = options.keepsNoHistory ? nil : Settings.environment("HOME").map { $0 + "/.cctrl_history" }
        guard let editor = LineEditor(program: "cctrl", history: path.flatMap { HistoryFile(path: $0) })
        else {
            return try runPipe(options, settings, managers, output)
        }
        managers.watchInterrupts()
        try greet(options, settings, managers, output)
        let terminal = Terminal(editor, output, managers)
        let session = session(options, settings, managers, terminal)
        session.background = BackgroundJobs(options)
        let watch = attend(terminal, session, managers)
        SessionLoop.interactive(session, terminal)
        terminal.flush()
        output.flush()
        withExtendedLifetime(watch) {}
    }

    /// Joins terminal and session: help at the prompt, and what is told beside it.
    private static func attend(_ terminal: Terminal, _ session: Session, _ managers: Managers) -> SiteWatch {
        let (personal, complaints) = PersonalFile.read()
        terminal.adopt(personal)
        complaints.forEach(terminal.complain)
        let watch = SiteWatch(
            managers, StatusPolling(), tellsEvents: personal.tellsEvents,
            tell: { [unowned terminal] in terminal.note($0) },
            promptChanged: { [unowned terminal] in terminal.redrawPrompt() })
        managers.tell = { [unowned terminal] in terminal.note([$0]) }
        terminal.help = Prompting.help(session, personal.aliases)
        terminal.help?.companion = watch
        terminal.promptBegins = { [unowned session] in watch.begin(session.site) }
        terminal.promptExtra = {
            if watch.isLost { return "NO MANAGER" }
            return watch.policy.flatMap { $0 == .automatic ? nil : $0.rawValue }
        }
        terminal.run = { [unowned session] line in
            for statement in Tokenizer.statements(line) {
                let ending = session.run(statement, of: line)
                if ending != .done { return ending }
            }
            return .done
        }
        return watch
    }

    private static func runPipe(
        _ options: Options, _ settings: Settings, _ managers: Managers, _ output: Output
    ) throws(Refusal) {
        try greet(options, settings, managers, output)
        let session = session(options, settings, managers, output)
        session.background = BackgroundJobs(options)
        SessionLoop.piped(session, StreamLines(STDIN_FILENO))
        output.flush()
    }

    private static func runInputs(
        _ options: Options, _ settings: Settings, _ managers: Managers, _ output: Output
    ) throws(Refusal) -> Int32 {
        // Where commands come from standard input Ctrl-C ends the program, as it may wait there.
        if !options.inputs.contains(.file("-")) { managers.watchInterrupts() }
        let session = session(options, settings, managers, output)
        var result: Int32 = 0
        for input in options.inputs {
            let status = SessionLoop.script(session, try StreamLines.opening(input))
            output.flush()
            if result == 0 { result = status }
            // Something left to do is no failure: what follows still runs.
            if status != 0 && status != ReplyCode.followUpNeeded.exitStatus { return status }
        }
        return result
    }
}
