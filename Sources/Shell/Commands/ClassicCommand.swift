import AdminProtocol
import CommandGrammar

/// Classic forms that have no meaning here: each is understood and refused, with the way to do it here.
package enum ClassicCommand: ShellCommand {
    /// A form, why it is refused, and what to type instead.
    package struct Form: Sendable {
        package var pattern: String
        package var why: String
        package var way: String

        init(_ pattern: String, _ why: String, _ way: String) {
            self.pattern = pattern
            self.why = why
            self.way = way
        }
    }

    package static let name = "classic"
    package static let patterns = forms.map { CommandPattern($0.pattern) }
    package static let summary = "Classic forms that are refused with a reason"
    package static let isHidden = true
    /// So that an option never hides the reason.
    package static let options =
        CommonOptions.reading + CommonOptions.changing.filter { !CommonOptions.reading.contains($0) }

    package static let forms: [Form] = composite + cluster + dataSource + replicator + tree

    private static let composite = [
        Form(
            "create composite <kind:dataservice|datasource> <word>",
            "there are no composite data services: every site is active, and all of them are in tungsten.ini",
            "add the site to tungsten.ini on every host; 'use <site>' or -multi works on it")
    ]

    private static let cluster = [
        Form(
            "cluster check [<table> [-limit <word>]]",
            "a checksum that is replicated as rows is copied to the replicas, and not computed there again",
            "compare 'checksum table' of each server at the same position: mariadb -h <host> -P 13306"),
        Form(
            "cluster savepoint [<word> [<other>]]",
            "an operation takes itself back when a step fails, without savepoints",
            "'operation undo <entry>' takes back a switch that is not wanted"),
        Form(
            "cluster rollback [<word>]",
            "an operation takes itself back when a step fails, without savepoints",
            "'operation undo <entry>' takes back a switch that is not wanted"),
    ]

    private static let dataSource = [
        Form(
            "datasource <datasource> slave", "the role is never set apart from what the server does",
            "'datasource <ds> recover' makes it a working slave"),
        Form(
            "datasource <datasource> <verb:master|promote>",
            "the role moves from one data source to another in one step, so that there is never a second one",
            "'switch to <ds>', or 'failover to <ds>' after the primary has failed"),
        Form(
            "datasource <datasource> relay [<word>]",
            "there are no relays: the primary itself receives other sites' writes", "'show topology'"),
        Form(
            "datasource <datasource> <verb:standby|setstandby|clearstandby>",
            "every data source is a master or a slave",
            "'datasource <ds> shun' keeps one out of traffic and promotion while it replicates"),
        Form(
            "datasource <datasource> <verb:archive|setarchive|cleararchive>",
            "every data source is a master or a slave",
            "'datasource <ds> shun' keeps one out of traffic and promotion while it replicates"),
        Form(
            "datasource <datasource> set <verb:standby|archive> [<word>]",
            "every data source is a master or a slave",
            "'datasource <ds> shun' keeps one out of traffic and promotion while it replicates"),
        Form(
            "datasource <datasource> heartbeat",
            "a heartbeat begins at the primary and goes through the site",
            "'cluster heartbeat'"),
    ]

    private static let replicator = [
        Form(
            "replicator <datasource> <verb:master|slave> [<word>]",
            "the replicator's role follows that of its data source",
            "'switch to <ds>', or 'datasource <ds> recover' to make it a slave"),
        Form(
            "replicator <datasource> relay [<word> [<other>]]",
            "there are no relays: the primary itself receives other sites' writes", "'show topology'"),
    ]

    private static let tree = [
        Form(
            "<verb:pwd|which|chkexec|execute|connect|merge|disconnect|disconnectAll|locateServices|cp|rm> "
                + "[<word> [<other>]]",
            "it is a command of the physical mode", "'physical', then the same again"),
        Form(
            "ls <flag:-R|-A|-p|-lR|-Rl> [<word>]", "these flags are for the tree of the physical mode",
            "'ls -l', or 'physical' and then 'ls -R'"),
    ]

    package static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let form = forms[arguments.pattern]
        let name = arguments["datasource"] ?? "<ds>"
        throw Refusal(
            .badArgument, "this is refused: \(form.why); nothing was changed",
            hint: form.way.replacing("<ds>", with: name))
    }
}

/// The same for the physical mode: the tree is a view, and nothing in it can be made or removed.
enum ClassicResourceCommand: ShellCommand {
    static let name = "classic"
    static let patterns: [CommandPattern] = [
        "<verb:cp|rm|create|merge|connect|disconnect|disconnectAll> [<word> [<other>]]",
        CommandPattern(
            "<verb:use|service|set|datasource|replicator|router|switch|failover|recover|cluster|members|ping|show> "
                + "[<word> [<other> [<third> [<fourth>]]]]"),
    ]
    static let summary = "Classic forms that are refused with a reason"
    static let isHidden = true

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let word = arguments["verb"] ?? ""
        guard arguments.pattern == 0 else {
            throw Refusal(
                .badArgument, "'\(word)' is a command of the logical mode; nothing was changed",
                hint: "type 'logical' first")
        }
        throw Refusal(
            .badArgument,
            "'\(word)' is refused: the tree is a view of hosts and processes, and nothing in it can be "
                + "changed; nothing was changed",
            hint: "'logical', then 'help': commands that change something are there")
    }
}
