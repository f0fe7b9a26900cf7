import ClusterModel
import Logging
import Planning
import WorkLoop

/// Everything that a manager does by itself, side by side, until it is cancelled.
package struct ManagerRuntime: Sendable {
    let board: SiteBoard
    let watch: BoardWatch
    let membership: Membership
    let agent: Agent
    let coordinator: Coordinator
    let neighbours: Neighbours
    let probe: LatencyProbe
    let lookout: Lookout

    package init(
        board: SiteBoard, watch: BoardWatch, membership: Membership, agent: Agent, coordinator: Coordinator,
        neighbours: Neighbours, probe: LatencyProbe, lookout: Lookout
    ) {
        self.board = board
        self.watch = watch
        self.membership = membership
        self.agent = agent
        self.coordinator = coordinator
        self.neighbours = neighbours
        self.probe = probe
        self.lookout = lookout
    }

    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await watch.run() }
            group.addTask { await membership.run() }
            group.addTask { await coordinator.run() }
            group.addTask { await lookout.run() }
            group.addTask {
                // Whoever waits for the next beat hears at once that the site needs a coordinator.
                for await _ in board.changes() where board.snapshot.coordinator == nil { agent.news.ring() }
            }
            group.addTask { await repeating(.milliseconds(400)) { _ = await agent.observe() } }
            group.addTask { await repeating(.milliseconds(500)) { await agent.lookAround() } }
            group.addTask { await repeating(.milliseconds(700)) { await neighbours.refresh() } }
            // A witness has neither server nor router: its reports say so, and nothing is to be kept there.
            guard !board.shape.witnesses.contains(board.host) else { return }
            group.addTask { await probe.run() }
            group.addTask { await agent.watchServer() }
            group.addTask { await repeating(.milliseconds(100)) { await agent.keepFenced() } }
            group.addTask { await repeating(.milliseconds(250)) { await agent.relayReceipts() } }
            group.addTask { await repeating(.seconds(2)) { await agent.lookAtEvents() } }
            group.addTask { await reconcileOnChange() }
            group.addTask { await repeating(.milliseconds(700)) { await agent.reconcile() } }
        }
    }

    /// At once where something has changed that matters here; reports of other hosts come all the time.
    private func reconcileOnChange() async {
        var last: Agent.Concern?
        for await _ in board.changes() {
            if Task.isCancelled { return }
            let concern = agent.concern
            guard concern != last else { continue }
            last = concern
            await agent.reconcile()
        }
    }

    private func repeating(_ pause: Duration, _ body: @Sendable () async -> Void) async {
        while !Task.isCancelled {
            await body()
            try? await Task.sleep(for: pause, clock: .loop)
        }
    }
}
