import ClusterModel

/// Which commits of a server clients may have been told of although no replica had confirmed them.
///
/// The server counts commits that ended without a receipt (`Rpl_semi_sync_master_no_tx`), those of sessions that a
/// fence has ended among them: their clients got no answer, for the connection goes first. While commits do not wait
/// at all, nothing is counted and everything is told.
package struct ReceiptWatch: Sendable {
    /// The last moment until which something may have been told without a receipt; nil where nothing was.
    package private(set) var lastTold: WallTime?
    private var count: Int?
    private var isFenced = false

    package init() {}

    /// What the server says of itself now.
    /// - Parameters:
    ///   - without: its count; nil where it does not say.
    ///   - waits: whether commits wait for receipts.
    package mutating func see(without: Int?, waits: Bool, at now: WallTime) {
        let before = count
        count = without ?? count
        if let before, let without, without < before {
            // It was started anew, and closed.
            isFenced = false
            lastTold = without > 0 ? now : nil
        }
        guard !isFenced else { return }
        // What was counted before anybody looked may have come a moment ago.
        let isMore = without.map { $0 > before ?? 0 } ?? true
        if !waits || isMore { lastTold = now }
    }

    /// A fence begins: from here on commits end without a receipt because their sessions are ended.
    package mutating func fence(without: Int?, waits: Bool, at now: WallTime) {
        see(without: without, waits: waits, at: now)
        isFenced = true
    }

    /// It takes writes again.
    package mutating func open() { isFenced = false }

    /// Whether nothing was told without a receipt since `time`, in seconds since 1970.
    package func isSilent(since time: Int64) -> Bool {
        lastTold.map { $0.milliseconds / 1000 < time } ?? true
    }
}
