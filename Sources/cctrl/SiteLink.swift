import AdminClient
import AdminProtocol
import ClusterModel
import Shell

/// A site's managers as commands see them: whichever of them answers.
final class SiteLink: ManagerLink {
    let welcome: Welcome
    private let site: SiteName
    private let managers: Managers

    init(_ site: SiteName, _ managers: Managers, welcome: Welcome) {
        self.site = site
        self.managers = managers
        self.welcome = welcome
    }

    func send<Call: AdminCall>(
        _ call: Call, limit: Int?, progress: (String) -> Void
    ) throws(Refusal) -> Call.Reply {
        let changes = Call.access != .observer
        guard !changes || !managers.onlyReads else {
            throw Refusal(
                .badArgument, "'watch' repeats only commands that read; nothing was changed",
                hint: "watch 'ls', and change things in another shell")
        }
        if changes { managers.hasChanged = true }
        let connection = try managers.connection(to: site)
        do throws(Refusal) {
            defer { Stages.mark("request") }
            return try connection.send(call, limit: limit, progress: progress)
        } catch {
            // A person is led on to the next manager; what may have changed something is never sent twice.
            guard !changes, managers.tell != nil else { throw error }
            if error.code == .timedOut, limit == nil { managers.abandon(site) }
            guard error.code == .noManager else { throw error }
            return try managers.connection(to: site).send(call, limit: limit, progress: progress)
        }
    }
}
