import ClusterModel
import TerminalText

/// A witness in the listing: it has a manager and nothing else to show.
struct WitnessBox {
    var witness: WitnessStatus

    var lines: [String] {
        let state = witness.manager == .online ? "ONLINE" : "FAILED"
        return Box.around(Box.rows("\(witness.name)(witness:\(state))"))
            + Box.rows("  MANAGER(state=\(witness.manager.rawValue))") + [Box.separator]
    }
}
