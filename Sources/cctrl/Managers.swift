import AdminClient
import AdminProtocol
import ClusterModel
import Glibc
import LineEditor
import Shell
import SiteConfiguration

extension AdminConnection: ManagerLink {}

/// The cluster's managers: one session for each site in use, made when first needed and again when it broke.
final class Managers: ManagerNetwork {
    private let settings: Settings
    private let patience: Patience
    private var context: TLSContext?
    private var links: [SiteName: AdminConnection] = [:]
    private var interrupt: Interrupt?

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
        interrupt = Interrupt(descriptor: SignalPipe.descriptor) {
            guard SignalPipe.take().contains(SIGINT) else { return false }
            // The terminal has shown ^C; what follows belongs on a line of its own.
            if isatty(STDERR_FILENO) != 0 { _ = write(STDERR_FILENO, "\n", 1) }
            return true
        }
    }

    func link(to site: SiteName) throws(Refusal) -> any ManagerLink {
        if let link = links[site], link.isOpen { return link }
        let link = try connect(to: site)
        links[site] = link
        return link
    }

    private func connect(to site: SiteName) throws(Refusal) -> AdminConnection {
        let all = settings.configuration.site(site)?.hosts ?? []
        let isNamed = site == settings.site && settings.host != nil
        let candidates = isNamed ? all.filter { $0 == settings.host } : all
        var failure = Refusal(.noSuchSite, "data service '\(site)' has no hosts in the configuration")
        var tried: [String] = []
        for host in candidates {
            do throws(Refusal) {
                return try connect(to: host)
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

    private func connect(to host: HostName) throws(Refusal) -> AdminConnection {
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
        context = made
        return made
    }
}
