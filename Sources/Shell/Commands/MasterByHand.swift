import AdminProtocol
import ClusterModel

/// `set master <ds>`, and the first half of `recover master using <ds>`.
///
/// Nothing is set past the managers: their own rules decide, with force where the session has it.
struct MasterByHand {
    private let session: Session

    init(_ session: Session) { self.session = session }

    func set(_ name: HostName) throws(Refusal) -> Ending {
        guard session.force else {
            throw Refusal(
                .forceNeeded,
                "setting the master by hand is for a data service without a working primary; nothing was "
                    + "changed",
                hint: "switch to \(name); in an emergency: set force true, then the same again")
        }
        let status = try session.ask(StatusCall())
        let source = try status.needed(name)
        guard source.role == .primary else {
            return try session.perform(FailoverCall(target: name, force: true))
        }
        if let other = status.dataSources.first(where: {
            $0.role == .primary && $0.state == .online && $0.name != name
        }) {
            throw Refusal(
                .wrongState,
                "'\(name)' was the master, and '\(other.name)' has taken its place; nothing was changed",
                hint: "datasource \(name) recover; then: switch to \(name)")
        }
        guard source.state != .online else {
            throw Refusal(
                .alreadyPrimary, "'\(name)' is the master and ONLINE already; nothing was changed",
                hint: "'recover' brings back the other data sources")
        }
        var ending = Ending.done
        if let verb: ChangeDataSourceCall.Verb =
            source.state == .shunned ? .welcome : source.state == .failed ? .recover : nil
        {
            ending = try session.perform(ChangeDataSourceCall(name: name, verb: verb, force: true))
        }
        // AUTOMATIC may have put it back already.
        guard try session.ask(StatusCall())[name]?.state == .offline else { return ending }
        let online = try session.perform(ChangeDataSourceCall(name: name, verb: .online, force: true))
        return ending == .done ? online : ending
    }
}
