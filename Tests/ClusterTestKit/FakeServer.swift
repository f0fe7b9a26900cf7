import AdminProtocol
import ClusterModel
import Manager

/// One host's server as its manager reaches it.
package struct FakeServer: ServerControl {
    let host: HostName
    let servers: FakeServers
    let diary: Diary

    package init(_ host: HostName, _ servers: FakeServers, _ diary: Diary) {
        self.host = host
        self.servers = servers
        self.diary = diary
    }

    package func observe() async -> ServerReport {
        guard let server = servers[host], server.isRunning else {
            return ServerReport(state: .stopped, problem: "connection refused")
        }
        guard !server.hangs else { return ServerReport(state: .timeout, problem: "no answer") }
        if let seen = server.looks { return seen }
        var report = ServerReport(state: .online)
        report.readOnly = server.readOnly
        report.semiSync = server.semiSync
        // A start turns receipts off here.
        report.opened = server.semiSync
        report.semiSyncReplicas = servers.receivers(of: host)
        report.logged = server.position
        report.history = GTIDHistory(server.log.sorted { $0.key < $1.key }.flatMap(\.value))
        report.executed = server.position
        report.links = server.links.sorted { $0.key < $1.key }.map { name, link in
            let stands = servers.stands(link)
            let known = server.log.values.compactMap(\.last) + link.relay
            return LinkReport(
                name: name, sourceHost: link.source.description, receiving: stands,
                connecting: link.receives && !stands, applying: link.applies, receiveError: link.receiveError,
                applyError: link.applyError,
                errorText: link.receiveError + link.applyError == 0 ? "" : "an error that the test made",
                tls: stands, received: GTIDPosition(known), secondsBehind: nil)
        }
        return report
    }

    package func appliers() async throws(Refusal) -> [String] { ["Waiting for the test (12 s)"] }

    package func logged() async throws(Refusal) -> GTIDPosition { try serving().position }

    package func awaitExecuted(_ position: GTIDPosition, limit: Duration) async throws(Refusal) -> Bool {
        try await diary.perform("awaitExecuted", on: host) { () async throws(Refusal) in
            // Transactions move at once here: what is not there after a moment does not come.
            let deadline = ContinuousClock.now + min(limit, .milliseconds(60))
            while try !serving().position.covers(position) {
                guard ContinuousClock.now < deadline else { return false }
                try? await Task.sleep(for: .milliseconds(5))
            }
            return true
        }
    }

    package func setReadOnly(_ readOnly: Bool) async throws(Refusal) {
        try await change("setReadOnly(\(readOnly))") { $0.readOnly = readOnly }
    }

    package func open(waits: Bool) async throws(Refusal) {
        try await setSemiSync(true)
        if !waits { try await setSemiSync(false) }
        try await setReadOnly(false)
    }

    package func setSemiSync(_ enabled: Bool) async throws(Refusal) {
        try await change("setSemiSync(\(enabled))") { $0.semiSync = enabled }
    }

    package func confirm(_ place: LogPlace) async throws(Refusal) {
        try await change("confirm(\(place.file):\(place.position))") { _ in }
    }

    package func setReceipts(_ enabled: Bool) async throws(Refusal) {
        try await change("setReceipts(\(enabled))") { $0.receipts = enabled }
    }

    package func changeSource(
        link: String, to source: HostName, address: String, demote: Bool
    ) async throws(Refusal) {
        try await change("changeSource(\(link) to \(source))") { (server) throws(Refusal) in
            if let old = server.links[link], old.receives || old.applies {
                throw Refusal(.serverError, "the connection '\(link)' of '\(host)' runs (error 1198)")
            }
            server.links[link] = FakeServers.Link(source: source)
        }
    }

    package func startLink(_ link: String) async throws(Refusal) {
        try await change("startLink(\(link))") { (server) throws(Refusal) in
            guard server.links[link] != nil else {
                throw Refusal(.serverError, "'\(host)' has no connection '\(link)' (error 1617)")
            }
            // MariaDB throws received transactions away when a connection starts that neither receives nor applies.
            if server.links[link]?.applies != true { server.links[link]?.relay = [] }
            server.links[link]?.receiveError = 0
            server.links[link]?.applyError = 0
            server.links[link]?.receives = true
            server.links[link]?.applies = true
        }
    }

    package func stopLink(_ link: String) async throws(Refusal) {
        try await change("stopLink(\(link))") {
            $0.links[link]?.receives = false
            $0.links[link]?.applies = false
        }
    }

    package func stopReceiving(_ link: String, limit: Duration) async throws(Refusal) {
        try await change("stopReceiving(\(link))") { $0.links[link]?.receives = false }
    }

    package func removeLink(_ link: String) async throws(Refusal) {
        try await change("removeLink(\(link))") { $0.links[link] = nil }
    }

    package func abandonLink(_ link: String) async throws(Refusal) {
        try await change("abandonLink(\(link))") { (server) throws(Refusal) in
            guard server.links.keys.allSatisfy({ $0 == link }) else {
                throw Refusal(.serverError, "another connection of '\(host)' runs (error 1198)")
            }
            server.links[link] = nil
        }
    }

    package func beginLogFile(beyond bytes: Int) async throws(Refusal) {
        try await diary.perform("beginLogFile", on: host) { () async throws(Refusal) in _ = try serving() }
    }

    package func prepareFreeze() async throws(Refusal) {
        try await diary.perform("prepareFreeze", on: host) { () async throws(Refusal) in _ = try serving() }
    }

    package func freeze(limit: Duration, expiry: Duration) async throws(Refusal) {
        try await change("freeze") { (server) throws(Refusal) in
            if let blocker = server.blocker {
                throw Refusal(.blockedBySession, "'\(host)' could not be frozen: \(blocker)")
            }
            if let code = server.refusesFreeze { throw Refusal(code, "'\(host)' is too slow") }
            server.isFrozen = true
        }
    }

    package func thaw() async throws(Refusal) {
        try await change("thaw") { $0.isFrozen = false }
    }

    package func endWaiting() async throws(Refusal) -> Int {
        guard let count = servers[host]?.waiting, count > 0 else { return 0 }
        try await change("endWaiting") { $0.waiting = 0 }
        return count
    }

    package func events() async throws(Refusal) -> EventReport {
        let server = try serving()
        var events = server.events
        events.isPrimary = !server.readOnly
        return events
    }

    package func set(_ change: EventChange) async throws(Refusal) {
        let word = change.runs ? "runs" : "rests"
        try await self.change("event \(change.event) \(word)") { server in
            server.events.running.removeAll { $0 == change.event }
            server.events.resting.removeAll { $0 == change.event }
            if change.runs {
                server.events.running.append(change.event)
            } else {
                server.events.resting.append(change.event)
            }
        }
    }

    package func skipAhead(by distance: UInt64) async throws(Refusal) {
        try await log("skipAhead", 1 + distance)
    }

    package func heartbeat() async throws(Refusal) {
        guard try !serving().readOnly else { throw Refusal(.serverError, "'\(host)' is read-only") }
        try await log("heartbeat", 1)
    }

    package func lifeSign(deadline: Duration) async -> LifeSign {
        guard servers[host]?.isRunning == true else { return .refused }
        if servers[host]?.hangs == true { try? await Task.sleep(for: .milliseconds(100)) }
        return servers[host]?.serves == true ? .alive : .silent
    }

    package func awaitEnd(limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline, !Task.isCancelled {
            if servers[host]?.isRunning != true { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    package func fence(limit: Duration) async throws(Refusal) -> Int {
        try await change("fence") { $0.readOnly = true }
        return 0
    }

    package func renewTLS() async throws(Refusal) { try await change("renewTLS") { _ in } }

    package func cutClients() async throws(Refusal) -> Int {
        try await diary.perform("cutClients", on: host) { () async throws(Refusal) in 0 }
    }

    package func openTransactions() async throws(Refusal) -> [OpenTransaction] {
        try await diary.perform("openTransactions", on: host) { () async throws(Refusal) in
            try serving().transactions
        }
    }

    package func endSession(_ id: Int) async throws(Refusal) {
        try await change("endSession(\(id))") { $0.transactions.removeAll { $0.session == id } }
    }

    package func blockers() async throws(Refusal) -> [String] { try [serving().blocker].compactMap { $0 } }

    package func sessions() async throws(Refusal) -> [ClientSession] { try serving().sessions }

    package func adopt(_ position: GTIDPosition, past: GTIDHistory) async throws(Refusal) {
        try await diary.perform("adopt(\(position))", on: host) { () async throws(Refusal) in }
    }

    package func place() async throws(Refusal) -> (data: String, logIndex: String) {
        ("/data/\(host)", "/data/\(host)/log.index")
    }

    package func hasToldNothing(since time: Int64) async throws(Refusal) -> Bool { false }

    package func dataDirectory() async throws(Refusal) -> String { "/data/\(host)" }

    // MARK: common parts

    private func serving() throws(Refusal) -> FakeServers.Server {
        guard let server = servers[host], server.serves else {
            throw Refusal(.serverError, "the server of '\(host)' does not answer")
        }
        return server
    }

    private func log(_ what: String, _ distance: UInt64) async throws(Refusal) {
        try await diary.perform(what, on: host) { () async throws(Refusal) in
            _ = try serving()
            let gtid = try servers.change(host) { $0.append(distance) }
            try servers.confirm(gtid, on: host)
        }
    }

    private func change(
        _ what: String, _ body: (inout FakeServers.Server) throws(Refusal) -> Void
    ) async throws(Refusal) {
        try await diary.perform(what, on: host) { () async throws(Refusal) in
            _ = try serving()
            try servers.change(host, body)
        }
    }
}
