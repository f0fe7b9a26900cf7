import AdminProtocol
import ClusterModel

/// Runs a command beside the session, for `&`.
package protocol BackgroundRunner: AnyObject {
    /// Begins to run `command` as a session of its own does that has made the same choices.
    ///
    /// - Returns: the line to show now, such as `[1] 4711`.
    func start(_ command: String, site: SiteName?, isExpert: Bool, force: Bool) throws(Refusal) -> String
}
