import AdminProtocol
import CommandGrammar

/// `members`.
enum MembersCommand: ShellCommand {
    static let name = "members"
    static let patterns: [CommandPattern] = ["members"]
    static let summary = "List the managers of the data service"
    static let examples = [
        CommandExample("members", "which managers are there"),
        CommandExample("members --json", "the same for programs"),
    ]

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let link = try session.link()
        let members = try session.ask(MembersCall())
        try session.show(members, rows: Rows(fields: MembersView.fields, items: members)) {
            MembersView.lines(members, of: link.welcome.site)
        }
        return .done
    }
}
