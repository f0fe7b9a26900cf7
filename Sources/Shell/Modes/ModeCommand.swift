import AdminProtocol
import CommandGrammar

/// `logical`, `physical`, `admin`, `expert`.
enum ModeCommand: ShellCommand {
    static let name = "expert"
    static let patterns: [CommandPattern] = ["expert", "logical", "physical", "admin"]
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
        let enters = arguments.has("expert") || arguments.has("admin")
        // A script that says `expert` has said what it wants; only a person is asked.
        if enters, session.screen.isInteractive, try !session.confirm("expert") { return .done }
        if arguments.has("expert") {
            session.isExpert = true
        } else if arguments.has("physical") {
            session.mode = .physical
            session.place = .root
        } else if arguments.has("admin") {
            session.mode = .admin
            session.isExpert = true
        } else {
            session.mode = .logical
            session.isExpert = false
        }
        return .done
    }
}
