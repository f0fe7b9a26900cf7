import AdminProtocol
import ClusterModel
import CommandGrammar

/// `--plan` on a command that changes something: the managers tell what they would do, and do nothing.
enum PlanOption {
    static let option = ProgramOption(
        ["--plan"], summary: "Change nothing: show what would be done, and for a switch what it would meet.")

    /// What changes the session alone has no plan, and must not be done under its name.
    static func check(_ arguments: Arguments) throws(Refusal) {
        if ["status", "validate"].contains(arguments["verb"] ?? "") {
            throw Refusal(
                .badArgument, "it only asks, so there is nothing to plan", hint: "leave --plan out")
        }
        guard arguments["force"] != nil || arguments["level"] != nil else { return }
        throw Refusal(
            .badArgument, "it changes this session only, so there is nothing to plan; nothing was changed",
            hint: "leave --plan out")
    }
}

extension Session {
    /// Asks for the plan of a call instead of sending it.
    /// - Returns: an outcome without lines, in place of the call's own.
    func plan<Call: AdminCall>(_ call: Call, of link: any ManagerLink) throws(Refusal) -> Call.Reply {
        guard let change = PlannedChange(call), let nothing = Outcome(lines: []) as? Call.Reply else {
            throw Refusal(
                .badArgument, "\(Call.method) has no plan; nothing was changed", hint: "leave --plan out")
        }
        let report = try link.send(PlanCall(change), limit: nil) { _ in }
        running?.plans.append(report)
        try show(running?.plans ?? [report]) { PlanView(report: report).lines }
        return nothing
    }
}
