import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Planning
import Testing

@Suite struct SwitchRefusalTests {
    @Test func `a running statement blocks a switch, and is named`() async throws {
        try await TestSite.with { site in
            try site.servers.change("east1") { $0.blocker = "session 7 of app@web1, 30 s" }
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            #expect(refusal?.code == .blockedBySession)
            #expect(refusal?.message.contains("session 7 of app@web1") == true)
            #expect(refusal?.code.exitStatus == 3)
            try await site.settles(on: "east1")
        }
    }

    @Test func `a site that stays too slow is left to its clients in between, and refused at last`()
        async throws
    {
        try await TestSite.with { site in
            try site.servers.change("east1") { $0.refusesFreeze = .tooSlow }
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            #expect(refusal?.code == .tooSlow)
            #expect(refusal?.message.contains("'east1' goes on as the primary") == true)
            let effects = site.diary.effects.filter { $0.host == "east3" }
            for what in ["hold", "release"] {
                #expect(effects.count { $0.what == what } == GapLimits.rounds, "\(what)")
            }
            try await site.settles(on: "east1")
        }
    }

    @Test func `a site that was too slow for a moment is switched all the same`() async throws {
        try await TestSite.with { site in
            try site.servers.change("east1") { $0.refusesFreeze = .tooSlow }
            async let outcome = site.command(SwitchCall(target: "east2"))
            try await eventually("its clients are let go") {
                site.diary.effects.contains(Effect("east3", "release"))
            }
            for router in SwitchFaultTests.routers { _ = try site.write(by: router) }
            try site.servers.change("east1") { $0.refusesFreeze = nil }
            #expect(try await outcome.complete)
            try await site.settles(on: "east2")
            #expect(site.lost(on: "east2").isEmpty)
        }
    }

    @Test func `a second operation is refused while one runs`() async throws {
        try await TestSite.with { site in
            let coordinator = site[try #require(site.coordinator)]
            // What this coordinator does not run itself.
            var running = RunningOperation.sample
            running.coordinator = try #require(site.shape.hosts.last { $0 != coordinator.name })
            site.etcd.put(.operation, try FrameCodec.encode(running))
            try await eventually("it is seen") { coordinator.board.snapshot.operation != nil }
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            #expect(refusal?.code == .operationRunning)
            let change = await #expect(throws: Refusal.self) {
                try await site.command(ChangeDataSourceCall(name: "east3", verb: .shun))
            }
            #expect(change?.code == .operationRunning)
        }
    }

    @Test func `of two switches at once, one succeeds and one is refused`() async throws {
        try await TestSite.with { site in
            let targets: [HostName] = ["east2", "east3"]
            let results = await withTaskGroup(of: Result<Outcome, Refusal>.self) { group in
                for target in targets {
                    group.addTask {
                        do throws(Refusal) {
                            return .success(try await site.command(SwitchCall(target: target)))
                        } catch {
                            return .failure(error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let codes = results.compactMap { result -> ReplyCode? in
                if case .failure(let refusal) = result { return refusal.code }
                return nil
            }
            #expect(codes == [.operationRunning])
            let primary = try #require(site.hosts[0].board.snapshot.primary)
            try await site.settles(on: primary)
        }
    }

    @Test func `an observer's certificate changes nothing`() async throws {
        try await TestSite.with { site in
            func refused(_ call: some AdminCall) async {
                let refusal = await #expect(throws: Refusal.self) {
                    try await site.command(call, role: .observer)
                }
                #expect(refusal?.code == .notPermitted)
            }
            await refused(SwitchCall(target: "east2"))
            await refused(FailoverCall(target: nil, force: true))
            await refused(RecoverCall())
            await refused(SetPolicyCall(policy: .manual))
            await refused(ChangeDataSourceCall(name: "east2", verb: .shun))
            await refused(ChangeReplicatorCall(name: "east2", wanted: .offline))
            await refused(ChangeRouterCall(host: nil, wanted: .offline))
            await refused(RunServiceCall(host: "east2", component: "mysql", verb: .status))
            await refused(HeartbeatCall())
            #expect(site.diary.effects.isEmpty)
            _ = try await site.command(StatusCall(), role: .observer)
        }
    }

    @Test func `an operator cannot act as a manager`() async throws {
        try await TestSite.with { site in
            let call = AgentCall(epoch: .max, operation: "", action: .open(jump: true))
            let refusal = await #expect(throws: Refusal.self) { try await site.command(call, on: "east2") }
            #expect(refusal?.code == .notPermitted)
            #expect(site.servers["east2"]?.readOnly == true)
        }
    }

    @Test func `a manager that is not the coordinator passes the request on`() async throws {
        try await TestSite.with { site in
            let other = try #require(site.shape.hosts.last { $0 != site.coordinator })
            let lines = LineBox()
            let outcome = try await site.command(SwitchCall(target: "east2"), on: other) { lines.add($0) }
            #expect(outcome.complete)
            #expect(site.servers["east2"]?.readOnly == false)
        }
    }

    @Test func `a manager never passes on what another manager passed to it`() async throws {
        try await TestSite.with { site in
            let other = try #require(site.shape.hosts.last { $0 != site.coordinator })
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"), on: other, role: .manager)
            }
            #expect(refusal?.code == .noCoordinator)
        }
    }

    @Test func `without a majority a manager changes nothing, and says so`() async throws {
        try await TestSite.with { site in
            site.etcd.cut("east3")
            try await eventually("east3 knows") { !site["east3"].board.hasQuorum }
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"), on: "east3")
            }
            #expect(refusal?.code == .noQuorum)
            let status = try await site.command(StatusCall(), on: "east3")
            #expect(!status.quorum)
            #expect(status.age > 0)
        }
    }

    @Test func `a coordinator that lost its place cannot act any more`() async throws {
        try await TestSite.with { site in
            let board = site["east2"].board
            let epoch = board.epoch
            let old = AgentCall(epoch: epoch - 1, operation: "", action: .open(jump: false))
            let refusal = await #expect(throws: Refusal.self) { try await site["east2"].agent.act(old) }
            #expect(refusal?.code == .staleEpoch)
            #expect(site.servers["east2"]?.readOnly == true)
            // What the agent has heard of from a newer coordinator counts, before its own view knows of it.
            _ = try await site["east2"].agent.act(AgentCall(epoch: epoch + 1, operation: "", action: .report))
            let now = await #expect(throws: Refusal.self) {
                try await site["east2"].agent.act(AgentCall(epoch: epoch, operation: "", action: .close))
            }
            #expect(now?.code == .staleEpoch)
        }
    }

    @Test func `a coordinator whose lease ended is replaced, and the site goes on`() async throws {
        try await TestSite.with { site in
            let old = try #require(site.coordinator)
            site.etcd.cut(old)
            site.etcd.expire(old)
            let others = site.hosts.filter { $0.name != old }
            try await eventually("another coordinates") {
                others.allSatisfy { $0.board.snapshot.coordinator.map { $0 != old } ?? false }
            }
            site.etcd.cut(old, false)
            try await site.settles(on: "east1")
            let target: HostName = "east2"
            _ = try await site.command(SwitchCall(target: target), on: old)
            #expect(site.servers[target]?.readOnly == false)
        }
    }
}
