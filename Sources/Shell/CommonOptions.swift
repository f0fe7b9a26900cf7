import CommandGrammar

/// Options that many commands share.
package enum CommonOptions {
    package static let json = ProgramOption(
        ["--json"], summary: "Answer with one line of JSON; docs/json.md describes it.")
    package static let fields = ProgramOption(
        ["--fields"], value: "NAME,NAME",
        summary: "Show only these fields of each row, parted by tabs; with --json as JSON.")
    package static let events = ProgramOption(
        ["--events"],
        summary: "Tell each step as a line of JSON while it comes; the outcome is the last line.")
    package static let yes = ProgramOption(["--yes"], summary: "Answer the question before it with yes.")

    /// For commands that ask something.
    package static let reading = [json, fields]
    /// For commands that change something.
    package static let changing = [json, events, yes, PlanOption.option]
}
