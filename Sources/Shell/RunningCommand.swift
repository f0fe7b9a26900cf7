import AdminProtocol
import ClusterModel
import CommandGrammar

/// A command while it runs: how its answer is to be shown, and what it has told so far.
final class RunningCommand {
    let text: String
    let presentation: Presentation
    let saysYes: Bool
    /// Whether it is only to be planned.
    let isPlanned: Bool
    /// The plans that it has got so far.
    var plans: [PlanReport] = []
    /// The user's screen, whatever file or report the output goes to.
    let terminal: any Screen
    /// Where lines of JSON go.
    let output: any Screen
    var report: Report
    private(set) var steps = 0

    init(
        _ text: String, _ presentation: Presentation, saysYes: Bool, isPlanned: Bool = false,
        terminal: any Screen, output: any Screen,
        site: SiteName?
    ) {
        self.text = text
        self.presentation = presentation
        self.saysYes = saysYes
        self.isPlanned = isPlanned
        self.terminal = terminal
        self.output = output
        report = Report(command: text, site: site)
    }

    func countStep() -> Int {
        steps += 1
        return steps
    }
}

extension Session {
    /// Shows an answer: its lines to people, its value to programs, or the chosen fields of its rows.
    ///
    /// - Parameter rows: what `--fields` chooses from; nil where the answer has no rows.
    package func show(
        _ value: some Encodable & Sendable, rows: Rows? = nil, lines: () -> [String]
    ) throws(Refusal) {
        let presentation = running?.presentation ?? self.presentation
        guard let fields = presentation.fields else {
            if presentation.json {
                let result = try JSONValue(of: value)
                running?.report.result = result
            } else {
                lines().forEach(screen.print)
            }
            return
        }
        guard let rows else {
            throw Refusal(
                .badArgument, "this answer has no rows to choose fields of", hint: "leave --fields out")
        }
        let picked = try rows.picking(fields)
        if presentation.json {
            running?.report.result = .array(
                picked.map { row in .object(Dictionary(row.map { ($0.name, $0.value) }) { first, _ in first })
                })
        } else {
            for row in picked {
                screen.print(SafeLine.field(row.map(\.value.text)))
            }
        }
    }

    /// Shows a step of an operation.
    package func tell(_ line: String) {
        guard let running, running.presentation.json else {
            if level >= .normal { screen.print(stamped(SafeLine.of(line))) }
            screen.flush()
            return
        }
        if running.report.outcome == nil { running.report.outcome = ReportedOutcome() }
        running.report.outcome?.steps.append(line)
        guard running.presentation.events else { return }
        let step = ReportedStep(
            command: running.text, site: site, number: running.countStep(), at: clock(), line: line)
        // A step of plain text always encodes.
        if let bytes = try? FrameCodec.encode(step) {
            running.output.print(String(decoding: bytes, as: UTF8.self))
            running.output.flush()
        }
    }

    /// Shows how an operation ended.
    package func conclude(_ outcome: Outcome) -> Ending {
        if running?.isPlanned == true { return .done }
        if let running, running.presentation.json {
            var whole = running.report.outcome ?? ReportedOutcome()
            whole.lines += outcome.lines
            whole.complete = whole.complete && outcome.complete
            whole.operation = outcome.operation ?? whole.operation
            running.report.outcome = whole
        } else {
            let shown =
                switch level {
                case .off: [] as [String]
                case .summary: Array(outcome.lines.suffix(1))
                default: outcome.lines
                }
            for line in shown { screen.print(stamped(SafeLine.of(line))) }
        }
        return outcome.complete ? .done : .followUp
    }

    /// The line as the level of output has it.
    func stamped(_ line: String) -> String {
        level >= .detailed ? time.plain(clock()) + " " + line : line
    }
}
