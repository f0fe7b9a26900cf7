import AdminProtocol
import ClusterModel
import Shell

/// Gathers what a session shows, and answers its questions.
final class FakeScreen: Screen {
    var lines: [String] = []
    var complaints: [String] = []
    var answers: [String] = []
    var isInteractive = false

    func print(_ line: String) { lines.append(line) }
    func complain(_ line: String) { complaints.append(line) }
    func flush() {}
    func ask(_ question: String) -> String? {
        lines.append(question)
        return answers.isEmpty ? nil : answers.removeFirst()
    }
}

/// A manager in this process: answers from a table and keeps what it was asked.
final class FakeManager: ManagerLink {
    let welcome: Welcome
    var status: SiteStatus
    /// What was asked, as the methods of the protocol.
    var methods: [String] = []
    /// The changing calls, to look at their parameters.
    var calls: [any AdminCall] = []
    /// The asking calls.
    var questions: [any AdminCall] = []
    var progress: [String] = []
    var outcome = Outcome(lines: [])
    var refusal: Refusal?
    var others: [any Codable & Sendable] = []

    init(_ status: SiteStatus) {
        self.status = status
        welcome = Welcome(
            product: "cctrl", version: "0.1.0", build: 1, protocolVersion: 1, site: status.site,
            host: status.answeredBy, role: .operator, sites: [:])
    }

    private var pings: [PingResult]? { others.lazy.compactMap { $0 as? [PingResult] }.first }

    func send<Call: AdminCall>(
        _ call: Call, limit: Int?, progress show: (String) -> Void
    ) throws(Refusal) -> Call.Reply {
        methods.append(Call.method)
        if Call.access != .observer { calls.append(call) } else { questions.append(call) }
        progress.forEach(show)
        if let refusal { throw refusal }
        let replies: [Any] = [status, outcome] + others
        if let ping = call as? PingCall, let host = ping.host, let all = pings {
            let found = all.filter { $0.host == host }
            if let fitting = found as? Call.Reply { return fitting }
        }
        for reply in replies {
            if let fitting = reply as? Call.Reply { return fitting }
        }
        throw Refusal(.unknownMethod, "\(Call.method) has no answer here")
    }
}

/// The managers of two sites.
final class FakeNetwork: ManagerNetwork {
    var managers: [SiteName: FakeManager]

    init(_ managers: [FakeManager]) {
        self.managers = Dictionary(managers.map { ($0.status.site, $0) }) { first, _ in first }
    }

    var sites: [SiteName: [HostName]] { managers.mapValues { $0.status.dataSources.map(\.name) } }

    func link(to site: SiteName) throws(Refusal) -> any ManagerLink {
        guard let manager = managers[site] else {
            throw Refusal(.noManager, "no manager of '\(site)' answers", hint: "start one")
        }
        return manager
    }
}

/// Lines known beforehand.
final class FakeLines: LineSource {
    private var events: [InputEvent]
    var prompts: [String] = []

    init(_ lines: [String]) { events = lines.map { .line($0) } }
    init(events: [InputEvent]) { self.events = events }

    func next(prompt: String) -> InputEvent {
        prompts.append(prompt)
        return events.isEmpty ? .end : events.removeFirst()
    }
}

/// A session on a fake cluster with all that a test looks at.
struct Stage {
    let screen: FakeScreen
    let east: FakeManager
    let network: FakeNetwork
    let session: Session

    init(
        expert: Bool = false, yes: Bool = false, atRoot: Bool = false,
        presentation: Presentation = Presentation()
    ) throws {
        screen = FakeScreen()
        east = FakeManager(try Sample.site("east"))
        network = FakeNetwork([east, FakeManager(try Sample.site("west"))])
        session = Session(
            screen: screen, network: network, site: atRoot ? nil : east.status.site, isExpert: expert,
            saysYes: yes, presentation: presentation)
    }

    /// A stage with a screen of another kind; `screen` stays empty.
    init(_ paper: any Screen, _ east: FakeManager, _ west: FakeManager) {
        screen = FakeScreen()
        self.east = east
        network = FakeNetwork([east, west])
        session = Session(screen: paper, network: network, site: east.status.site, isExpert: false)
    }

    /// Runs a line as `-e` does.
    func script(_ line: String) -> Int32 { SessionLoop.script(session, FakeLines([line])) }
}
