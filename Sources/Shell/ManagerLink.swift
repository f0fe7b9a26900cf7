import AdminProtocol
import ClusterModel

/// One session with a manager, as the shell needs it.
package protocol ManagerLink: AnyObject {
    /// What the manager said of itself and its cluster.
    var welcome: Welcome { get }

    /// Sends one request and waits for its reply.
    ///
    /// - Parameters:
    ///   - limit: milliseconds to wait at most; nil for as long as the link waits for such a request.
    ///   - progress: takes each line of the running request as it comes.
    /// - Throws: the manager's refusal, or one of this side: no manager, out of time, outcome not known.
    func send<Call: AdminCall>(
        _ call: Call, limit: Int?, progress: (String) -> Void
    ) throws(Refusal) -> Call.Reply
}

/// The managers that a shell can reach.
package protocol ManagerNetwork: AnyObject {
    /// Every site that is known, with its hosts.
    var sites: [SiteName: [HostName]] { get }

    /// A session with a manager of `site`; the same one as before while it stands.
    func link(to site: SiteName) throws(Refusal) -> any ManagerLink
}
