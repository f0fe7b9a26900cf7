import AdminProtocol
import CommandGrammar

extension Session {
    /// Runs one command of `line`; what there is to say is on the screen when it returns.
    package func run(_ statement: Statement, of line: String) -> Ending {
        forgetNames()
        let terminal = screen
        defer {
            screen = terminal
            running = nil
            terminal.flush()
        }
        let text = statement.text(in: line)
        let match: Match
        do throws(GrammarError) {
            match = try grammar.match(statement)
        } catch {
            return refuse(error, in: line, statement)
        }
        do throws(Refusal) {
            if let input = statement.input { throw Self.noInput(input.text) }
            if statement.background != nil { return try runBeside(statement, of: line) }
            let file = try statement.output.map { (target) throws(Refusal) in
                try FileScreen(target.file.text, appends: target.appends, over: terminal)
            }
            let ending = run(match, text, statement, of: line, output: file ?? terminal)
            screen = terminal
            try file?.finish()
            return ending
        } catch {
            RefusalView.lines(error).forEach(terminal.complain)
            return .failed(error.code.exitStatus)
        }
    }

    private func run(
        _ match: Match, _ text: String, _ statement: Statement, of line: String, output: any Screen
    ) -> Ending {
        let presentation = presentation.with(match.options)
        let command = RunningCommand(
            text, presentation, saysYes: match.options["--yes"] != nil,
            isPlanned: match.options["--plan"] != nil, terminal: screen, output: output,
            site: site)
        running = command
        let gathering = presentation.json ? GatheringScreen(over: output) : nil
        screen = gathering ?? output
        let arguments = Arguments(match)
        let kind = commands[match.entry]
        var ending = Ending.done
        do throws(Refusal) {
            if command.isPlanned { try PlanOption.check(arguments) }
            // A plan harms nobody.
            let isWanted = !command.isPlanned && kind.isExpert(arguments, in: self) ? try confirm(text) : true
            if isWanted { ending = try kind.run(arguments, in: self) }
        } catch {
            ending = .failed(error.code.exitStatus)
            let place = match.place(quotedIn: error, statement)
            guard gathering == nil else {
                let start = statement.range.lowerBound
                let inText = place.map { max(0, $0.lowerBound - start)..<max(0, $0.upperBound - start) }
                command.report.error = ReportedError(error, at: inText)
                return finish(command, gathering, ending)
            }
            RefusalView.lines(error, at: place, in: line).forEach(output.complain)
        }
        return finish(command, gathering, ending)
    }

    /// Prints the report of a command that was to answer for a program.
    private func finish(_ command: RunningCommand, _ gathering: GatheringScreen?, _ ending: Ending) -> Ending
    {
        guard let gathering else { return ending }
        var report = command.report
        report.status = ending.exitStatus
        // A command that has only text answers with it.
        if report.result == nil, report.outcome == nil, report.error == nil {
            report.result = .object(["lines": .array(gathering.lines.map { .string($0) })])
        }
        do throws(Refusal) {
            command.output.print(try report.line())
        } catch {
            RefusalView.lines(error).forEach(command.output.complain)
            return .failed(error.code.exitStatus)
        }
        return ending
    }

    /// Tells what is wrong with a line that is no command.
    private func refuse(_ error: GrammarError, in line: String, _ statement: Statement) -> Ending {
        if presentation.json {
            var report = Report(command: statement.text(in: line), site: site)
            report.status = 2
            let start = statement.range.lowerBound
            report.error = ReportedError(
                Refusal(.badArgument, error.message, hint: error.hint),
                at: max(0, error.range.lowerBound - start)..<max(0, error.range.upperBound - start))
            if let text = try? report.line() { screen.print(text) }
            return .failed(2)
        }
        let lines = ["ERROR: \(error.message)"] + error.pointer(in: line)
        for text in lines + (error.hint.map { ["Hint: \($0)"] } ?? []) {
            screen.complain(SafeLine.of(text))
        }
        return .failed(2)
    }

    private func runBeside(_ statement: Statement, of line: String) throws(Refusal) -> Ending {
        guard let background, mode != .physical else {
            throw Refusal(
                .badArgument, "'&' is refused: nothing here would show how the command ends; it was not run",
                hint: "run it from a login shell: cctrl -e '...' > FILE &")
        }
        var bare = statement
        bare.background = nil
        screen.print(
            try background.start(bare.text(in: line), site: site, isExpert: isExpert, force: force))
        return .done
    }

    private static func noInput(_ file: String) -> Refusal {
        Refusal(
            .badArgument, "'< \(file)' is refused: no command reads input; it was not run",
            hint: "to run the commands in a file: cctrl -f \(file)")
    }
}

extension Match {
    /// The word that a refusal quotes as wrong.
    func place(quotedIn refusal: Refusal, _ statement: Statement) -> Range<Int>? {
        guard refusal.code.exitStatus == 2 else { return nil }
        let quoted = statement.tokens.enumerated().filter { refusal.message.contains("'\($0.element.text)'") }
        return quoted.first { $0.offset > 0 || places.values.contains($0.element.range) }?.element.range
    }
}
