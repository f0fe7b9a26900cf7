import AdminProtocol
import ClusterModel
import Logging

/// Brings a server to its goal, and does nothing where it is there already.
struct ServerSettler: Sendable {
    let server: any ServerControl
    let peers: any Peers
    let neighbours: Neighbours
    let log: Logger
    private let retries = Retries()
    /// Whether a server of the site gives no sign of life here.
    let isSilent: @Sendable (HostName) -> Bool
    /// Whether a server of the site is known to serve.
    let serves: @Sendable (HostName) -> Bool

    /// How a primary that is read-only is opened: with whether its commits wait for a second copy.
    typealias Opening = (_ waits: Bool) async throws(Refusal) -> Void

    /// - Parameter open: nil leaves a primary that is read-only closed; a switch opens it in a step of its own.
    /// - Returns: what was changed, a sentence each; empty where the server was at its goal.
    func settle(_ goal: ServerGoal, open: Opening? = nil) async throws(Refusal) -> [String] {
        let report = await server.observe()
        guard report.state == .online else {
            throw Refusal(
                .serverError, "the server is \(report.state.rawValue): \(report.problem ?? "no answer")")
        }
        switch goal {
        case .primary(let services, let waits, _):
            return try await settlePrimary(report, services: services, waits: waits, open: open)
        case .replica(let source, let link):
            return try await settleReplica(report, source: source, wanted: link)
        case .fenced:
            return try await fence(report)
        }
    }

    // MARK: primary

    private func settlePrimary(
        _ report: ServerReport, services: [SiteName: Wanted], waits: Bool, open: Opening?
    ) async throws(Refusal) -> [String] {
        var done: [String] = []
        if let local = report.links.first(where: \.isLocal) {
            // What was received must be executed before the connection goes: its log goes with it.
            if report.readOnly {
                guard try await server.awaitExecuted(local.received, limit: .seconds(20)) else {
                    throw Refusal(
                        .timedOut, "what was received (\(local.received)) was not executed within 20 s")
                }
            }
            try await quiet(local)
            try await server.removeLink("")
            done.append("stopped following \(local.sourceHost)")
        }
        if report.readOnly, let open {
            try await open(waits)
            done.append("accepts writes")
        } else if !report.readOnly, report.semiSync != waits {
            try await server.setSemiSync(waits)
            done.append(waits ? "commits wait for a second copy" : "commits do not wait for a second copy")
        }
        return try await done + settleServices(report, services)
    }

    /// Makes the server take writes; the caller has made sure that no other does, and that nothing is missing here.
    func open(waits: Bool) async throws(Refusal) {
        try await server.open(waits: waits)
    }

    private func settleServices(
        _ report: ServerReport, _ services: [SiteName: Wanted]
    ) async throws(Refusal) -> [String] {
        var done: [String] = []
        for link in report.links where !link.isLocal {
            if let site = SiteName(link.name), services[site] != nil { continue }
            try await quiet(link)
            try await server.removeLink(link.name)
            done.append("removed the connection '\(link.name)'")
        }
        for (site, wanted) in services.sorted(by: { $0.key < $1.key }) {
            let link = report.links.first { $0.name == site.description }
            switch wanted {
            case .offline:
                guard let link, link.receiving || link.connecting || link.applying else { continue }
                try await quiet(link)
                done.append("stopped the service '\(site)'")
            case .online:
                if let line = try await carry(site, link: link) { done.append(line) }
            }
        }
        return done
    }

    /// Starts a connection.
    ///
    /// Receipts are for the own site only: one to another site must not send any.
    func startAnew(_ name: String) async throws(Refusal) {
        if !name.isEmpty { try await server.setReceipts(false) }
        try await server.startLink(name)
    }

    /// Keeps one cross-site connection reading from the other site's primary.
    private func carry(_ site: SiteName, link: LinkReport?) async throws(Refusal) -> String? {
        switch neighbours.source(of: site) {
        case .host(let source):
            return try await carry(site, link: link, from: source)
        case .leaving(let source):
            guard let link, link.sourceHost == source.description, link.receiving || link.connecting
            else { return nil }
            try await server.stopReceiving(link.name, limit: .seconds(10))
            return "the service '\(site)' reads no more from \(source), which is replaced"
        case .unknown:
            // A connection that stands goes on.
            guard let link, try await rest(link) else { return nil }
            return "the service '\(site)' waits for an answer of that site's managers"
        }
    }

    private func carry(_ site: SiteName, link: LinkReport?, from source: HostName) async throws(Refusal)
        -> String?
    {
        if let link, link.sourceHost == source.description {
            guard try await start(link) else { return nil }
            return "started the service '\(site)'"
        }
        if let link { try await quiet(link) }
        try await server.changeSource(
            link: site.description, to: source, address: peers.address(of: source), demote: false)
        try await startAnew(site.description)
        return "the service '\(site)' reads from \(source)"
    }

    /// Stops a connection when what it has received is executed.
    ///
    /// Appliers are never stopped in the middle. One that waits for a receipt, between its log and its engine, would
    /// leave a transaction that replicas have and this server has not (design, safety rule 3); and another
    /// connection's appliers may wait for ever for what a stopped one had taken.
    /// - Parameter link: as just seen. One that receives no more is not looked at again: in a failover, commits wait
    ///   for the receipts of who stops here.
    /// - Throws: where that takes longer than `limit`; the connection reads no more then, and goes on applying.
    func quiet(_ link: LinkReport, limit: Duration = .seconds(5)) async throws(Refusal) {
        let name = link.name
        guard link.applying else { return try await server.stopLink(name) }
        var received = link.received
        if link.receiving || link.connecting {
            try await server.stopReceiving(name, limit: .seconds(20))
            let seen = await server.observe()
            guard seen.state == .online else {
                throw Refusal(
                    .serverError, "the server is \(seen.state.rawValue): \(seen.problem ?? "no answer")")
            }
            guard let last = seen.links.first(where: { $0.name == name }) else { return }
            received = last.received
        }
        // Transactions of this site that come back are skipped, and never count as executed here.
        let domain = SiteName(name).flatMap { neighbours.domain(of: $0) }
        let position = domain.map { received.only($0) } ?? (name.isEmpty ? received : GTIDPosition())
        guard try await server.awaitExecuted(position, limit: limit) else {
            throw Refusal(
                .replicaBehind,
                "what came over the connection '\(name)' (\(position)) was not executed within \(Int(limit.inSeconds)) s",
                hint: "ls, and again when its latency is low")
        }
        try await server.stopLink(name)
    }

    /// Stops a connection, if need be in the middle of its work.
    private func quietOrCut(_ link: LinkReport) async throws(Refusal) {
        do throws(Refusal) {
            try await quiet(link)
        } catch {
            log.warning(
                "a connection is stopped while it applies",
                metadata: ["link": "\(link.name)", "why": "\(error.message)"])
            try await server.stopLink(link.name)
        }
    }

    /// Starts a connection that stands still, unless an applied row stopped it: that needs a person.
    ///
    /// One that a full disk stopped goes on by itself when there is room.
    private func start(_ link: LinkReport) async throws(Refusal) -> Bool {
        guard link.applyError == 0 || link.applyErrorPasses else { return false }
        guard !(link.applying && (link.receiving || link.connecting)) else { return false }
        guard link.receiveError == 0 && link.applyError == 0 || retries.take(link.name) else { return false }
        try await startAnew(link.name)
        return true
    }

    /// Ends the attempts to reach a source that is silent, until it is seen again.
    ///
    /// They end a second later only, and a failover would wait for that.
    private func rest(_ link: LinkReport) async throws(Refusal) -> Bool {
        guard link.connecting else { return false }
        try await server.stopReceiving(link.name, limit: .seconds(10))
        return true
    }

    // MARK: replica

    private func settleReplica(
        _ report: ServerReport, source: HostName, wanted: Wanted
    ) async throws(Refusal) -> [String] {
        var done: [String] = []
        if !report.readOnly {
            try await server.setReadOnly(true)
            done.append("read-only")
        }
        if report.semiSync { try await server.setSemiSync(false) }
        for link in report.links where !link.isLocal {
            try await quiet(link)
            try await server.removeLink(link.name)
            done.append("removed the connection '\(link.name)'")
        }
        let local = report.links.first(where: \.isLocal)
        if let local, local.sourceHost == source.description {
            switch wanted {
            case .online where isSilent(source):
                if try await rest(local) { done.append("does not try to reach \(source)") }
            case .online where wouldForget(local, report):
                // Looked at several times a second, and worth a line now and then.
                guard retries.take(local.name) else { break }
                log.warning(
                    "a connection is not started: that would forget what only this server may have",
                    metadata: ["source": "\(source)", "received": "\(local.received)"])
            case .online:
                if try await start(local) { done.append("follows \(source)") }
            case .offline:
                if local.receiving || local.connecting || local.applying {
                    try await server.stopLink("")
                    done.append("stopped following \(source)")
                }
            }
            return done
        }
        if let local { try await quiet(local) }
        try await server.setReceipts(true)
        try await server.changeSource(
            link: "", to: source, address: peers.address(of: source), demote: local == nil)
        if wanted == .online { try await server.startLink("") }
        done.append("follows \(source)")
        return done
    }

    /// Whether a start would throw away what was received from a source that cannot send it again now.
    ///
    /// With both threads stopped it begins anew behind what was executed (GTID).
    private func wouldForget(_ link: LinkReport, _ report: ServerReport) -> Bool {
        guard !link.receiving, !link.connecting, !link.applying, let source = HostName(link.sourceHost),
            !serves(source)
        else { return false }
        return !report.executed.covers(link.received)
    }

    // MARK: fenced

    private func fence(_ report: ServerReport) async throws(Refusal) -> [String] {
        var done: [String] = []
        if !report.readOnly {
            try await server.setReadOnly(true)
            let cut = try await server.cutClients()
            done.append("read-only, \(cut) sessions cut")
        }
        if report.semiSync { try await server.setSemiSync(false) }
        for link in report.links {
            try await quietOrCut(link)
            try await server.removeLink(link.name)
            done.append("removed the connection '\(link.name)'")
        }
        return done
    }
}
