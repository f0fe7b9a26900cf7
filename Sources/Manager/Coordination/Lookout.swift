import AdminProtocol
import ClusterModel
import Logging
import Planning
import WorkLoop

/// Looks at the site's other hosts over the network, so that what happened to one of them is known when its manager
/// says nothing any more.
///
/// A refused connection proves that nothing listens: a host on which manager and server refuse has no writer, and
/// nobody waits for its lease to run out.
package struct Lookout: Sendable {
    private static let pause = Duration.milliseconds(250)

    let board: SiteBoard
    let peers: any Peers
    let store: any CoordinationStore
    let log: Logger

    package init(board: SiteBoard, peers: any Peers, store: any CoordinationStore, log: Logger) {
        self.board = board
        self.peers = peers
        self.store = store
        self.log = log
    }

    /// Runs until cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for host in board.shape.voters where host != board.host {
                group.addTask { await watch(host) }
                group.addTask { await outlast(host) }
            }
        }
    }

    private func watch(_ host: HostName) async {
        while !Task.isCancelled {
            let seen = await peers.look(at: host)
            guard !Task.isCancelled else { return }
            let sight = board.note(seen, of: host)
            if sight.isConfirmed, sight.server == .stopped, sight.manager == .stopped { await expire(host) }
            try? await Task.sleep(for: Self.pause, clock: .loop)
        }
    }

    /// Ends the lease of a host that is silent as soon as it is over.
    private func outlast(_ host: HostName) async {
        var end = LeaseEnd()
        while !Task.isCancelled {
            let snapshot = board.snapshot
            let isAwaited =
                snapshot.sights[host]?.isSilent == true && snapshot.reports[host] != nil && board.isLoaded
                && board.hasQuorum
            var pause = Self.pause
            if isAwaited {
                do throws(Refusal) {
                    let asked = ContinuousClock.now
                    if let lease = try await store.lease(of: host) {
                        if end.isOver(lease, asked: asked, answered: .now) {
                            try await store.revoke(lease.id)
                            log.notice(
                                "a silent host's lease is over: it is ended", metadata: ["host": "\(host)"])
                        }
                        if lease.secondsLeft < 2 { pause = .milliseconds(50) }
                    }
                } catch {
                    log.info(
                        "the lease of a silent host is not known",
                        metadata: ["host": "\(host)", "why": "\(error)"])
                }
            }
            try? await Task.sleep(for: pause, clock: .loop)
        }
    }

    private func expire(_ host: HostName) async {
        guard board.isLoaded, board.hasQuorum, board.snapshot.reports[host] != nil else { return }
        do throws(Refusal) {
            guard try await store.expire(host) else { return }
            log.notice(
                "nothing listens on a host any more: its lease is ended", metadata: ["host": "\(host)"])
        } catch {
            log.info("the lease of a dead host runs out by itself", metadata: ["why": "\(error)"])
        }
    }
}
