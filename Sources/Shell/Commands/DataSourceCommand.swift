import AdminProtocol
import CommandGrammar

/// `datasource <ds> shun|recover|welcome|offline|online|fail`.
enum DataSourceCommand: ShellCommand {
    static let name = "datasource"
    static let patterns: [CommandPattern] = [
        "datasource <datasource> <verb:shun|recover|welcome|offline|online|fail>"
    ]
    static let summary = "Change the state of one data source"
    static let details = [
        "`shun` takes it out of all traffic until an operator says otherwise; its replication goes on. "
            + "`recover` makes it a working replica again, by whatever steps that needs: at worst it "
            + "gets a copy of another one's data, as by `reprovision`. It is ONLINE then under AUTOMATIC, else OFFLINE. What only it had is saved before, see "
            + "`tails`; where clients may know of that, it needs `set force true`. `welcome` puts a shunned one "
            + "back as it is: ONLINE under the policy AUTOMATIC, else OFFLINE. `offline` takes it out for a while: "
            + "AUTOMATIC brings it back after 3 s. `online` puts back what is OFFLINE, and a replica that an operator has "
            + "shunned; what is shunned or failed for another reason needs `recover`. `fail` marks it as failed, which lets `failover` begin.",
        "`shun` and `offline` of the primary need `set force true`. "
            + "`fail` is an expert-level command, and so is `welcome` with `set force true`.",
    ]
    static let notes = [
        "shun": "take it out of all traffic until an operator says otherwise",
        "recover": "make it a working replica again", "welcome": "put a shunned one back as it is",
        "offline": "take it out for a while; AUTOMATIC brings it back",
        "online": "put back what is OFFLINE or was shunned by hand",
        "fail": "mark it as failed, so that failover can begin",
    ]
    static let examples = [
        CommandExample("datasource east2 shun", "before work on a replica"),
        CommandExample("datasource east2 recover", "after it"),
    ]
    static let effect = Effect.changes

    static func isExpert(_ arguments: Arguments, in session: Session) -> Bool {
        arguments["verb"] == "fail" || (arguments["verb"] == "welcome" && session.force)
    }

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let name = try arguments.neededDataSource("datasource", in: session)
        let verb = try arguments.choice("verb", as: ChangeDataSourceCall.Verb.self)
        return try session.perform(ChangeDataSourceCall(name: name, verb: verb, force: session.force))
    }
}
