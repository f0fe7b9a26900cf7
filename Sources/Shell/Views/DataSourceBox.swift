import ClusterModel
import TerminalText

/// A data source in the short listing.
struct DataSourceBox {
    var source: DataSourceStatus
    var time: TimeText

    var lines: [String] {
        var head = [
            source.title,
            "STATUS [\(source.alert.rawValue)] \(time(source.alertTime))\(source.tls ? "[SSL]" : "")",
        ]
        if !source.alertMessage.isEmpty { head.append("REASON[\(source.alertMessage)]") }
        var parts = [
            "MANAGER(state=\(source.manager.rawValue))",
            source.replicatorTitle(withSource: true),
            "DATASERVER(state=\(source.server.rawValue))",
        ]
        if let counts = source.connections {
            parts.append("CONNECTIONS(created=\(counts.created), active=\(counts.active))")
        }
        let hanging = source.name.description.count + 1
        return [Box.separator]
            + head.flatMap { Box.rows($0, hanging: hanging) }
            + [Box.separator]
            + parts.flatMap { Box.rows("  " + $0, hanging: hanging) }
            + [Box.separator]
    }
}

extension DataSourceStatus {
    /// `east1(master:ONLINE, progress=213, THL latency=0.921)`.
    var title: String {
        let why = (state == .failed || state == .shunned) && !reason.isEmpty ? "(\(reason))" : ""
        var tail = ""
        if let replicator {
            let word = role == .primary ? "THL latency" : "latency"
            tail = ", progress=\(replicator.progress), \(word)=\(LatencyText.of(replicator.latency))"
        }
        return "\(name)(\(role.rawValue):\(state.rawValue)\(why)\(tail))"
    }

    /// `REPLICATOR(role=slave, master=east1, state=ONLINE)`.
    func replicatorTitle(withSource: Bool) -> String {
        guard let replicator else {
            let state = manager == .online ? ComponentState.stopped.rawValue : "STATUS NOT AVAILABLE"
            return "REPLICATOR(state=\(state))"
        }
        var master = ""
        if withSource, replicator.role == .replica, let host = replicator.source {
            master = " master=\(host),"
        }
        return "REPLICATOR(role=\(replicator.role.rawValue),\(master) state=\(replicator.state.rawValue))"
    }
}
