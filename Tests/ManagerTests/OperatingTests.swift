import AdminProtocol
import ClusterModel
import ClusterTestKit
import Synchronization
import Testing

@testable import Manager

/// An operation has the site for itself: its key must never outlive it, and it must not outlive its epoch.
@Suite struct OperatingTests {
    private static let both = "commit operation history"

    /// Switches while the operation's commits fail as `faults` say: the first is its beginning, the second its end.
    private func isLeft(
        by fault: Fault.Moment, _ occurrence: Int, _ code: ReplyCode, of site: TestSite
    ) async throws -> Result<Outcome, Refusal> {
        let coordinator = try #require(site.coordinator)
        site.diary.expect(
            Fault(Effect(coordinator, Self.both), occurrence: occurrence, fault, code: code))
        do throws(Refusal) {
            return .success(try await site.command(SwitchCall(target: "east2"), on: coordinator))
        } catch {
            return .failure(error)
        }
    }

    @Test func `its end is written until etcd takes it`() async throws {
        try await TestSite.with { site in
            let outcome = try await isLeft(by: .instead, 2, .noQuorum, of: site).get()
            #expect(outcome.complete && site.diary.struck.count == 1)
            let entry = try await site.command(
                HistoryEntryCall(id: try #require(outcome.operation)), role: .observer)
            #expect(entry.result == .done)
            try await site.settles(on: "east2")
        }
    }

    @Test func `an etcd without space lets its key go without an entry`() async throws {
        try await TestSite.with { site in
            _ = try await isLeft(by: .instead, 2, .storeError, of: site).get()
            #expect(site.diary.struck.count == 1)
            #expect(site.diary.effects.contains { $0.what == "commit operation" })
            try await site.settles(on: "east2")
        }
    }

    @Test func `a key that is written when nobody waits for it any more is removed`() async throws {
        try await TestSite.with { site in
            let refusal = await #expect(throws: Refusal.self) {
                _ = try await isLeft(by: .afterwards, 1, .noQuorum, of: site).get()
            }
            #expect(refusal?.code == .noQuorum)
            try await site.settles(on: "east1")
            let entries = try await site.command(HistoryCall(limit: 1), role: .observer)
            #expect(entries.first?.result == .unknown && entries.first?.endedAt != nil)
            _ = try await site.command(SwitchCall(target: "east2"))
            try await site.settles(on: "east2")
        }
    }

    @Test func `what belongs to no operation does not come between the steps of one`() async throws {
        try await TestSite.with { site in
            let refused = Mutex<ReplyCode?>(nil)
            // Nobody is held yet: the heartbeat waits for longer than a step may take then.
            site.diary.before(Effect("east1", "prepareFreeze")) {
                do throws(Refusal) {
                    _ = try await site.command(HeartbeatCall())
                } catch {
                    refused.withLock { $0 = error.code }
                }
            }
            _ = try await site.command(SwitchCall(target: "east2"))
            #expect(refused.withLock { $0 } == .operationRunning)
            #expect(site.diary.effects.allSatisfy { $0.what != "heartbeat" })
            // One that was typed right after the end waits for it.
            _ = try await site.command(HeartbeatCall())
            try await site.settles(on: "east2")
        }
    }

    @Test func `what waited at a host for its turn is not done when its operation has ended`() async throws {
        try await TestSite.with { site in
            let id = try #require(try await site.command(SwitchCall(target: "east2")).operation)
            try await site.settles(on: "east2")
            let agent = site["east3"].agent
            try await eventually("its end is known there") { site["east3"].board.hasEnded(id) }
            site.diary.forget()
            let call = AgentCall(
                epoch: site["east3"].board.epoch, operation: id, action: .hold(milliseconds: 5000))
            let refusal = await #expect(throws: Refusal.self) { try await agent.act(call) }
            #expect(refusal?.code == .staleEpoch)
            #expect(!site.diary.effects.contains { $0.what == "hold" })
        }
    }

    @Test func `a coordinator that has lost its place gives the end up`() async throws {
        try await TestSite.with { site in
            let coordinator = try #require(site.coordinator)
            // Between the last step and the end.
            site.diary.before(Effect("east1", "thaw")) {
                site.diary.before(Effect(coordinator, Self.both)) { site.etcd.expire(coordinator) }
            }
            _ = try? await site.command(SwitchCall(target: "east2"), on: coordinator)
            try await eventually("another has its place, or the same anew") {
                site.etcd.value(.coordinator) != nil && site.etcd.value(.operation) == nil
            }
            #expect(site[coordinator].coordinator.own.withLock { $0.isEmpty })
            try await site.settles(on: "east2")
        }
    }

    @Test func `it does not outlive the epoch in which it began`() async throws {
        try await TestSite.with { site in
            let coordinator = site[try #require(site.coordinator)].coordinator
            let old = Operation(
                id: "1-7", command: "switch", by: "anna", coordinator: "east1", progress: { _ in })
            #expect(old.epoch == 1 && Operation.epoch(of: "") == nil)
            let asked = await #expect(throws: Refusal.self) {
                _ = try await coordinator.act(.thaw, on: "east2", operation: old.id)
            }
            #expect(asked?.code == .staleEpoch)
            let written = await #expect(throws: Refusal.self) {
                try await coordinator.commit([StoreWrite(.alone, nil)], of: old)
            }
            #expect(written?.code == .noCoordinator)
        }
    }

    @Test func `its own host's answer is waited for no longer than another's`() async throws {
        try await TestSite.with { site in
            let name = try #require(site.coordinator)
            let (opened, gate) = AsyncStream<Void>.makeStream()
            site.diary.before(Effect(name, "thaw")) {
                for await _ in opened {}
            }
            let late = await #expect(throws: Refusal.self) {
                _ = try await site[name].coordinator.act(
                    .thaw, on: name, operation: "", deadline: .milliseconds(50))
            }
            #expect(late?.code == .outcomeUnknown)
            gate.finish()
            _ = try await site[name].coordinator.act(.thaw, on: name, operation: "")
        }
    }

    @Test func `what was seen before is no answer of a replica`() async throws {
        try await TestSite.with { site in
            try site.servers.change("east3") { $0.hangs = true }
            let refusal = await #expect(throws: Refusal.self) {
                _ = try await site["east3"].agent.carryOut(.stopReceiving)
            }
            #expect(refusal?.code == .serverError)
        }
    }
}
