import AdminClient
import AdminProtocol
import ClusterModel
import LineEditor
import Shell

/// Keeps an eye on a site while its prompt waits: tells what happens, finds another manager when one is lost.
final class SiteWatch: PromptCompanion {
    /// Milliseconds between two attempts to find a manager, the first ones and the later ones.
    private static let attempts = (first: 1000, later: 5000)
    private let managers: Managers
    private let feed: any NewsFeed
    /// Takes lines to show above the prompt.
    private let tell: ([String]) -> Void
    /// The prompt has something else to say than before.
    private let promptChanged: () -> Void
    private let tellsEvents: Bool
    private var site: SiteName?
    private var known: SiteStatus?
    private var failures = 0
    private var attemptAt = 0

    /// The policy of the site, as far as it is known.
    private(set) var policy: Policy?
    /// Whether no manager of the site answers.
    private(set) var isLost = false

    init(
        _ managers: Managers, _ feed: any NewsFeed, tellsEvents: Bool, tell: @escaping ([String]) -> Void,
        promptChanged: @escaping () -> Void
    ) {
        self.managers = managers
        self.feed = feed
        self.tellsEvents = tellsEvents
        self.tell = tell
        self.promptChanged = promptChanged
    }

    /// A prompt comes up that is about `site`.
    func begin(_ site: SiteName?) {
        if site != self.site {
            self.site = site
            known = nil
            policy = nil
            isLost = false
        }
        // What a command has done its user knows.
        if managers.hasChanged { known = nil }
        managers.hasChanged = false
        // What a command has found out about the manager counts here too.
        if let site, managers.standing(site) != nil {
            isLost = false
            failures = 0
        }
        feed.restart()
    }

    // MARK: PromptCompanion

    var descriptor: Int32 { site.flatMap { managers.standing($0)?.descriptor } ?? -1 }

    var patience: Int32 {
        // A site that was never asked anything is left alone.
        guard let site, managers.home(of: site) != nil else { return -1 }
        guard managers.standing(site) == nil else { return feed.patience }
        return Int32(clamping: max(0, attemptAt - MonotonicClock.milliseconds))
    }

    func look() {
        guard let site, managers.home(of: site) != nil else { return }
        guard let connection = managers.standing(site) else { return findManager(of: site) }
        do throws(Refusal) {
            guard let status = try feed.look(at: connection) else { return }
            take(status)
        } catch {
            managers.abandon(site)
            attemptAt = 0
        }
    }

    private func take(_ status: SiteStatus) {
        let lines = known.map { NewsView.lines(from: $0, to: status) } ?? []
        known = status
        if tellsEvents, !lines.isEmpty { tell(lines.map { "\(status.site): \($0)" }) }
        // While an operation runs the policy reads MAINTENANCE, whatever was set.
        guard status.operation == nil || policy == nil, policy != status.policy else { return }
        let isShown = policy != nil || status.policy != .automatic
        policy = status.policy
        if isShown { promptChanged() }
    }

    private func findManager(of site: SiteName) {
        guard attemptAt <= MonotonicClock.milliseconds else { return }
        do throws(Refusal) {
            guard try managers.restore(site) else {
                attemptAt = MonotonicClock.milliseconds + Self.attempts.first
                return
            }
            failures = 0
            attemptAt = 0
            feed.restart()
            if isLost {
                isLost = false
                promptChanged()
            }
        } catch {
            failures += 1
            let wait = failures < 5 ? Self.attempts.first : Self.attempts.later
            attemptAt = MonotonicClock.milliseconds + wait
            guard !isLost else { return }
            isLost = true
            let home = managers.home(of: site)?.description ?? ""
            tell(["the manager of '\(home)' is lost, and no other of '\(site)' answers; looking for one"])
            promptChanged()
        }
    }
}
