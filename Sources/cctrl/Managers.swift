import AdminClient
import AdminProtocol
import ClusterModel
import Glibc
import LineEditor
import Shell
import SiteConfiguration

/// The cluster's managers: one session for each site in use, made when first needed and again when it broke.
///
/// A script stays with the host that it was given. A person who has had an answer is led on to another manager of
/// the site when that one is lost, and told so.
final class Managers: ManagerNetwork {
    /// Milliseconds for one host when a session is made again: there are others to try.
    private static let nextHostLimit = 1500
    let settings: Settings
    private let patience: Patience
    private var context: TLSContext?
    private var connections: [SiteName: AdminConnection] = [:]
    /// The hosts whose managers answered last.
    private var homes: [SiteName: HostName] = [:]
    /// Where the last one did not answer in time, though its connection stands.
    private var silent: [SiteName: HostName] = [:]
    /// Tells a person that another manager answers now; nil where nobody reads it.
    var tell: ((String) -> Void)?
    /// Refuses requests that change something, for commands that are repeated by themselves.
    var onlyReads = false
    /// Whether something was asked to change since this was last set to false.
    var hasChanged = false
    /// Ends the waits of commands.
    var interrupt: Interrupt? {
        didSet { connections.values.forEach { $0.interrupt = interrupt } }
    }

    init(_ settings: Settings, patience: Patience? = nil) {
        self.settings = settings
        self.patience = patience ?? settings.patience
    }

    var sites: [SiteName: [HostName]] {
        Dictionary(settings.configuration.sites.map { ($0.name, $0.hosts) }) { first, _ in first }
    }

    /// Lets Ctrl-C end a wait instead of the program.
    func watchInterrupts() {
        guard SignalPipe.install() else { return }
        interrupt = Interrupt(descriptors: [SignalPipe.descriptor]) {
            guard SignalPipe.take().contains(SIGINT) else { return false }
            // The terminal has shown ^C; what follows belongs on a line of its own.
            if isatty(STDERR_FILENO) != 0 { _ = write(STDERR_FILENO, "\n", 1) }
            return true
        }
    }

    func link(to site: SiteName) throws(Refusal) -> any ManagerLink {
        SiteLink(site, self, welcome: try connection(to: site).welcome)
    }

    /// Runs `work` with requests that only read; a key ends their waits.
    func readingOnly<Result>(_ work: () -> Result) -> Result {
        let usual = interrupt
        interrupt = Interrupt(descriptors: [STDIN_FILENO, SignalPipe.descriptor]) { true }
        onlyReads = true
        defer {
            onlyReads = false
            interrupt = usual
        }
        return work()
    }

    /// The session that stands, if one does.
    func standing(_ site: SiteName) -> AdminConnection? {
        guard let connection = connections[site], connection.isOpen else { return nil }
        return connection
    }

    /// The host whose manager answered last; nil before the first answer.
    func home(of site: SiteName) -> HostName? { homes[site] }

    func connection(to site: SiteName) throws(Refusal) -> AdminConnection {
        if let connection = standing(site) { return connection }
        connections[site] = nil
        let connection = try connect(to: site, interrupt)
        Stages.mark("connection")
        adopt(connection, of: site)
        return connection
    }

    /// Makes a lost session anew.
    ///
    /// - Returns: false where a key came first: typing waits for nothing.
    func restore(_ site: SiteName) throws(Refusal) -> Bool {
        var isBrokenOff = false
        let keys = Interrupt(descriptors: [STDIN_FILENO, SignalPipe.descriptor]) {
            isBrokenOff = true
            return true
        }
        do throws(Refusal) {
            adopt(try connect(to: site, keys), of: site)
            return true
        } catch {
            guard isBrokenOff else { throw error }
            return false
        }
    }

    /// Gives up a session whose manager does not answer, though its connection stands.
    func abandon(_ site: SiteName) {
        silent[site] = homes[site]
        connections[site] = nil
    }

    private func adopt(_ connection: AdminConnection, of site: SiteName) {
        connection.interrupt = interrupt
        connections[site] = connection
        let now = connection.welcome.host
        if let before = homes[site] {
            tell?(
                before == now
                    ? "connected to the manager of '\(now)' again"
                    : "the manager of '\(before)' is lost; now connected to that of '\(now)'")
        }
        homes[site] = now
        silent[site] = nil
    }

    // MARK: which host

    private func connect(to site: SiteName, _ interrupt: Interrupt?) throws(Refusal) -> AdminConnection {
        let all = settings.configuration.site(site)?.voters ?? []
        guard tell != nil, let home = homes[site] else {
            let isNamed = site == settings.site && settings.host != nil
            return try connect(
                to: isNamed ? all.filter { $0 == settings.host } : all, of: site, all, patience, interrupt)
        }
        let others = all.filter { $0 != home }
        var quick = patience
        quick.connect = min(quick.connect, Self.nextHostLimit)
        let order = silent[site] == home ? others + [home] : [home] + others
        return try connect(to: order, of: site, all, quick, interrupt)
    }

    private func connect(
        to candidates: [HostName], of site: SiteName, _ all: [HostName], _ patience: Patience,
        _ interrupt: Interrupt?
    ) throws(Refusal) -> AdminConnection {
        var failure = Refusal(.noSuchSite, "data service '\(site)' has no hosts in the configuration")
        var tried: [String] = []
        for host in candidates {
            do throws(Refusal) {
                return try connect(to: host, patience, interrupt)
            } catch {
                failure = error
                tried.append(error.message)
                // What one manager thinks of our certificate, all do; only silence is worth another try.
                guard error.code == .noManager else { break }
            }
        }
        guard failure.code == .noManager else { throw failure }
        if tried.count > 1 {
            failure.message = "no manager of '\(site)' answers: \(tried.joined(separator: "; "))"
        }
        let others = all.filter { !candidates.contains($0) }.map { "cctrl -host \($0)" }
        failure.hint =
            others.isEmpty
            ? failure.hint ?? "start a manager of the site, or look at its log"
            : "try another host of the site: \(others.joined(separator: ", "))"
        throw failure
    }

    private func connect(
        to host: HostName, _ patience: Patience, _ interrupt: Interrupt?
    ) throws(Refusal) -> AdminConnection {
        let context = try tls()
        let endpoint = Endpoint(
            host: host.description, address: settings.configuration.address(of: host), port: settings.port)
        return try AdminConnection(
            to: endpoint, context: context, identity: settings.identity, patience: patience,
            interrupt: interrupt)
    }

    private func tls() throws(Refusal) -> TLSContext {
        if let context { return context }
        let made = try TLSContext(settings.identity)
        Stages.mark("certificates")
        context = made
        return made
    }
}
