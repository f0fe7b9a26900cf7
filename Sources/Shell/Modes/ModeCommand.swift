import AdminProtocol
import CommandGrammar

/// `logical`, `physical`, `admin`, `expert`.
enum ModeCommand: ShellCommand {
    static let name = "expert"
    static let patterns: [CommandPattern] = ["<mode:expert|logical|physical|admin>"]
    static let summary = "Change the mode: what commands act on, and whether they ask"
    static let details = [
        "`expert`: expert-level commands run without a question. `logical`: the mode to begin with; they "
            + "ask. `physical`: a tree of hosts and processes to look at, for diagnosis; its operations "
            + "change nothing. `admin`: the commands of the logical mode without questions. What the classic "
            + "mode of that name repaired by hand, etcd keeps here; `recover` and `set master` set it right.",
        "The prompt shows the mode.",
    ]
    static let notes = [
        "expert": "no questions before risky commands", "logical": "the mode to begin with",
        "physical": "a tree of hosts and processes, to look at", "admin": "for repairs: no questions",
    ]
    static let examples = [
        CommandExample("expert", "risky commands run without a question"),
        CommandExample("physical; ls /east", "the hosts of a site, as a tree"),
    ]
    static let effect = Effect.session
    static let options = [CommonOptions.json, CommonOptions.yes]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let mode = arguments["mode"]
        // A script that says `expert` has said what it wants; only a person is asked.
        if mode == "expert" || mode == "admin", session.screen.isInteractive, try !session.confirm("expert") {
            return .done
        }
        switch mode {
        case "expert": session.isExpert = true
        case "physical":
            session.mode = .physical
            session.place = .root
        case "admin":
            session.mode = .admin
            session.isExpert = true
        default:
            session.mode = .logical
            session.isExpert = false
        }
        return .done
    }
}
