import AdminProtocol
import CommandGrammar

/// `members`.
enum MembersCommand: ShellCommand {
    static let name = "members"
    static let patterns: [CommandPattern] = ["members"]
    static let summary = "List the managers of the data service"

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let link = try session.link()
        let members = try session.ask(MembersCall())
        MembersView.lines(members, of: link.welcome.site).forEach(session.screen.print)
        return .done
    }
}
