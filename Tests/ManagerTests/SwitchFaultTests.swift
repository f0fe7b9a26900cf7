import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Testing

/// Every single thing that a switch does is made to fail once: before the site has agreed on the new primary
/// everything goes back, after it everything goes on.
@Suite struct SwitchFaultTests {
    /// What a switch from east1 to east2 does before the point of no return, and how often before it is made to fail.
    static let before: [(Effect, Int)] =
        routers.map { (Effect($0, "hold"), 1) } + routers.map { (Effect($0, "writes to east2"), 1) }
        + routers.map { (Effect($0, "no new writes to east1"), 1) }
        + routers.map { (Effect($0, "cut writes to east1"), 1) } + [
            (Effect("east1", "openTransactions"), 1), (Effect("east1", "prepareFreeze"), 1),
            // The first wait is for a replica that is attached: it may fail. Then approach, near and catch-up.
            (Effect("east2", "awaitExecuted"), 2), (Effect("east2", "awaitExecuted"), 3),
            (Effect("east2", "awaitExecuted"), 4), (Effect("east1", "freeze"), 1),
            (Effect("east1", "setReadOnly(true)"), 1),
        ]

    /// What it does after it.
    static let after: [Effect] =
        routers.map { Effect($0, "release") } + [
            Effect("east1", "thaw"), Effect("east2", "removeLink()"), Effect("east1", "setSemiSync(false)"),
            Effect("east1", "changeSource( to east2)"), Effect("east1", "startLink()"),
        ]

    /// What lets the other replica follow the candidate beforehand.
    static let attaching = ["stopReceiving()", "stopLink()", "changeSource( to east2)", "startLink()"]

    static let routers: [HostName] = ["east1", "east2", "east3"]

    @Test(arguments: before, Fault.Moment.allCases)
    func `a failure before the decision takes everything back`(place: (Effect, Int), moment: Fault.Moment)
        async throws
    {
        let (effect, occurrence) = place
        try await TestSite.with { site in
            site.diary.expect(Fault(effect, occurrence: occurrence, moment))
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            try #require(site.diary.struck.count == 1, "\(effect) never came")
            #expect(refusal?.code.exitStatus == 1)
            #expect(refusal?.message.contains("'east1' goes on as the primary") == true)
            try expectOrder(site, primary: "east1")
            let entry = try #require(try await site.command(HistoryCall(limit: 5)).first { $0.move != nil })
            #expect(entry.result == .failed && entry.endedAt != nil)
            // It goes on to work: the writes pass every router, and the next switch succeeds.
            for router in Self.routers { _ = try site.write(by: router) }
            try await site.settles(on: "east1")
            _ = try await site.command(SwitchCall(target: "east2"))
            #expect(site.lost(on: "east2").isEmpty)
        }
    }

    @Test(arguments: Fault.Moment.allCases)
    func `a session that cannot be ended takes everything back`(moment: Fault.Moment) async throws {
        try await TestSite.with { site in
            let idle = OpenTransaction(
                session: 7, identity: "4711", isRunning: false, text: "session 7 of app@web1, idle for 30 s")
            try site.servers.change("east1") { $0.transactions = [idle] }
            site.diary.expect(Fault(Effect("east1", "endSession(7)"), moment))
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2", cutSessions: true))
            }
            try #require(site.diary.struck.count == 1)
            #expect(refusal?.code.exitStatus == 1)
            try expectOrder(site, primary: "east1")
            try await site.settles(on: "east1")
            _ = try await site.command(SwitchCall(target: "east2", cutSessions: true))
        }
    }

    @Test(arguments: [
        "act logged", "act stopLinks", "act endTransactions", "act prepareFreeze", "act freeze", "act close",
    ])
    func `an old primary's manager that does not answer once takes everything back`(action: String)
        async throws
    {
        for moment in Fault.Moment.allCases {
            try await TestSite.with { site in
                // An answer can be lost where another manager leads.
                var old: HostName = "east1"
                if site.coordinator == old {
                    _ = try await site.command(SwitchCall(target: "east2"))
                    old = "east2"
                }
                try await site.settles(on: old)
                // Open transactions are looked for before the plan begins, too.
                let occurrence = action == "act endTransactions" ? 2 : 1
                site.diary.expect(
                    Fault(
                        Effect(old, action), occurrence: occurrence, moment, code: .hostUnreachable))
                let refusal = await #expect(throws: Refusal.self) {
                    try await site.command(SwitchCall(target: "east3"))
                }
                try #require(site.diary.struck.count == 1, "\(action) never came")
                #expect(refusal?.code == .hostUnreachable)
                try expectOrder(site, primary: old)
                try await site.settles(on: old)
            }
        }
    }

    @Test func `a candidate that comes too late is waited for again, and then refused with its distance`()
        async throws
    {
        try await TestSite.with { site in
            // Near it is, but what comes last it does not execute.
            site.diary.expect(
                Fault(Effect("east2", "awaitExecuted"), occurrence: 4, .instead, code: .timedOut))
            let lines = LineBox()
            let outcome = try await site.command(SwitchCall(target: "east2")) { lines.add($0) }
            #expect(outcome.complete)
            #expect(lines.lines.contains { $0.hasPrefix("TRYING AGAIN: 'east2' did not execute") })
            let id = try #require(outcome.operation)
            #expect(try await site.command(HistoryEntryCall(id: id)).receipt?.attempts == 2)
            #expect(site.diary.effects.filter { $0.what == "freeze" }.count == 2)
            #expect(
                site.diary.effects.filter { $0.what == "cut writes to east1" }.count == 3,
                "nobody was cut early")
        }
    }

    @Test(arguments: after, Fault.Moment.allCases)
    func `a failure after the decision is driven forward`(effect: Effect, moment: Fault.Moment) async throws {
        try await TestSite.with { site in
            let written = try site.write(by: "east3")
            site.diary.expect(Fault(effect, moment))
            let outcome = try await site.command(SwitchCall(target: "east2"))
            try #require(site.diary.struck.count == 1, "\(effect) never came")
            #expect(outcome.lines.last == "SWITCH TO 'east2@east' WAS SUCCESSFUL")
            #expect(!outcome.complete)
            #expect(outcome.lines.contains { $0.hasPrefix("FOLLOW-UP: ") })
            try await site.settles(on: "east2")
            #expect(site.servers["east2"]?.log[1]?.contains(written) == true)
        }
    }

    @Test(arguments: ["setSemiSync(true)", "setReadOnly(false)"], Fault.Moment.allCases)
    func `a server that does not open at once is opened before anybody is let through`(
        what: String, moment: Fault.Moment
    ) async throws {
        try await TestSite.with { site in
            site.diary.expect(Fault(Effect("east2", what), moment))
            let outcome = try await site.command(SwitchCall(target: "east2"))
            try #require(site.diary.struck.count == 1, "\(what) never came")
            #expect(outcome.complete)
            let effects = site.diary.effects
            let opened = try #require(effects.lastIndex(of: Effect("east2", "setReadOnly(false)")))
            let released = try #require(effects.firstIndex { $0.what == "release" })
            #expect(opened < released)
            try await site.settles(on: "east2")
        }
    }

    @Test(arguments: attaching, Fault.Moment.allCases)
    func `a replica that does not follow beforehand follows afterwards`(what: String, moment: Fault.Moment)
        async throws
    {
        try await TestSite.with { site in
            site.diary.expect(Fault(Effect("east3", what), moment))
            let outcome = try await site.command(SwitchCall(target: "east2"))
            try #require(site.diary.struck.count == 1, "\(what) never came")
            #expect(outcome.lines.last == "SWITCH TO 'east2@east' WAS SUCCESSFUL")
            try await site.settles(on: "east2")
        }
    }

    @Test(arguments: Fault.Moment.allCases)
    func `a candidate that begins no new log file becomes the primary all the same`(moment: Fault.Moment)
        async throws
    {
        try await TestSite.with { site in
            site.diary.expect(Fault(Effect("east2", "beginLogFile"), moment))
            _ = try await site.command(SwitchCall(target: "east2"))
            try #require(site.diary.struck.count == 1)
            try await site.settles(on: "east2")
        }
    }

    @Test func `a step that was never answered is taken back too`() async throws {
        for step in ["act hold", "act drain", "act leave", "act awaitPosition"] {
            for moment in Fault.Moment.allCases {
                try await TestSite.with { site in
                    let far: HostName = site.coordinator == "east2" ? "east3" : "east2"
                    let occurrence = step == "act awaitPosition" ? 2 : 1
                    site.diary.expect(
                        Fault(
                            Effect(far, step), occurrence: occurrence, moment, code: .hostUnreachable))
                    let target: HostName = step == "act awaitPosition" ? far : "east2"
                    await #expect(throws: Refusal.self) { try await site.command(SwitchCall(target: target)) }
                    try #require(site.diary.struck.count == 1, "\(step) never came")
                    try expectOrder(site, primary: "east1")
                }
            }
        }
    }

    @Test func `a router that cannot be led back goes on holding, and the refusal tells what is left`()
        async throws
    {
        try await TestSite.with { site in
            let far: HostName = site.coordinator == "east3" ? "east2" : "east3"
            site.diary.expect(Fault(Effect("east1", "freeze"), .instead))
            site.diary.expect(Fault(Effect(far, "act route"), .instead, code: .hostUnreachable))
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            try #require(site.diary.struck.count == 2)
            let message = try #require(refusal?.message)
            #expect(message.contains("'east1' stays the primary, and its managers put back"), "\(message)")
            #expect(message.contains("release: the router of '\(far)'"), "\(message)")
            #expect(
                !site.diary.effects.contains(Effect(far, "act release")),
                "its clients would go to a closed server")
            // Its own manager leads it back, and lets those through that wait.
            try await site.settles(on: "east1")
            for router in Self.routers { _ = try site.write(by: router) }
        }
    }

    @Test func `a refused decision leaves the old primary`() async throws {
        try await TestSite.with { site in
            try failDecision(site, .instead, .storeError)
            await #expect(throws: Refusal.self) { try await site.command(SwitchCall(target: "east2")) }
            try #require(site.diary.struck.count == 1)
            try expectOrder(site, primary: "east1")
        }
    }

    @Test func `a decision of which nothing can be learned opens nobody, until the records can be read`()
        async throws
    {
        try await TestSite.with { site in
            try failDecision(site, .instead, .outcomeUnknown, times: 100)
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            try #require(site.diary.struck.count > 1)
            #expect(refusal?.code == .outcomeUnknown)
            #expect(refusal?.code.exitStatus == 5)
            let closed = try #require(site.diary.effects.lastIndex(of: Effect("east1", "setReadOnly(true)")))
            let ended = try #require(site.diary.effects.lastIndex { $0.what == "commit operation history" })
            #expect(!site.diary.effects[closed...ended].contains { $0.what == "setReadOnly(false)" })
            site.diary.relent()
            try await site.settles(on: "east1")
            _ = try await site.command(SwitchCall(target: "east2"))
        }
    }

    /// Made or not: it is sent again, and made once.
    @Test(arguments: Fault.Moment.allCases)
    func `a decision whose answer was lost is made once, and not taken back`(moment: Fault.Moment)
        async throws
    {
        try await TestSite.with { site in
            try failDecision(site, moment, .outcomeUnknown)
            let outcome = try await site.command(SwitchCall(target: "east2"))
            try #require(site.diary.struck.count == 1)
            #expect(outcome.lines.last == "SWITCH TO 'east2@east' WAS SUCCESSFUL")
            #expect(site.etcd.changes(of: .primary) == 2)
            try await site.settles(on: "east2")
        }
    }

    /// The site's agreement on the new primary fails, once or as often as it is tried.
    private func failDecision(
        _ site: TestSite, _ moment: Fault.Moment, _ code: ReplyCode, times: Int = 1
    ) throws {
        let coordinator = try #require(site.coordinator)
        let keys = "primary datasources/east2 datasources/east1 replicators/east1 replicators/east2"
        for occurrence in 1...times {
            site.diary.expect(
                Fault(
                    Effect(coordinator, "commit \(keys)"), occurrence: occurrence, moment, code: code))
        }
    }

    /// The old primary serves, nothing is frozen, no router holds, and no other server takes writes.
    private func expectOrder(_ site: TestSite, primary: HostName) throws {
        let old = try #require(site.servers[primary])
        #expect(!old.readOnly && !old.isFrozen && old.semiSync)
        for router in Self.routers {
            let state = site[router].router.state
            #expect(!state.isHeld && state.writesTo == [primary], "router of \(router)")
        }
        for other in Self.routers where other != primary { #expect(site.servers[other]?.readOnly == true) }
    }
}
