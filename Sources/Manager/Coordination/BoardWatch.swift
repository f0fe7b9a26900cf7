import AdminProtocol
import Logging

/// Keeps the board equal to etcd: a load, then the changes since, again and again.
package struct BoardWatch: Sendable {
    let board: SiteBoard
    let store: any CoordinationStore
    let log: Logger

    package init(board: SiteBoard, store: any CoordinationStore, log: Logger) {
        self.board = board
        self.store = store
        self.log = log
    }

    /// Runs until cancelled.
    package func run() async {
        while !Task.isCancelled {
            do {
                let contents = try await store.load()
                board.replace(with: contents)
                board.confirm()
                for try await changes in store.watch(after: contents.revision) { board.apply(changes) }
            } catch {
                log.info("the watch is made anew", metadata: ["why": "\(error)"])
            }
            board.loseSight()
            try? await Task.sleep(for: .milliseconds(300))
        }
    }
}
