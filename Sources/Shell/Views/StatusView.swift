import ClusterModel
import TerminalText

/// `ls`: coordinator, routers, data sources, in the classic form.
package struct StatusView {
    package var status: SiteStatus
    package var time: TimeText

    package init(_ status: SiteStatus, time: TimeText = .local) {
        self.status = status
        self.time = time
    }

    /// The whole site; `long` shows properties instead of boxes of four rows.
    package func lines(long: Bool) -> [String] {
        var lines = WarningView.lines(status, time: time) + [""]
        lines += [coordinator, ""]
        lines += ["ROUTERS:"] + Box.around(status.routers.flatMap(router)) + [""]
        lines.append("DATASOURCES:")
        let blocks =
            status.dataSources.map { (name: $0.name, lines: block($0, long: long)) }
            + (status.witnesses ?? []).map { (name: $0.name, lines: WitnessBox(witness: $0).lines) }
        for block in blocks.sorted(by: { $0.name < $1.name }) { lines += block.lines + [""] }
        return lines
    }

    /// One data source only.
    package func lines(of source: DataSourceStatus, long: Bool) -> [String] {
        WarningView.lines(status, time: time) + [""] + block(source, long: long) + [""]
    }

    /// One witness only.
    package func lines(of witness: WitnessStatus) -> [String] {
        WarningView.lines(status, time: time) + [""] + WitnessBox(witness: witness).lines + [""]
    }

    private func block(_ source: DataSourceStatus, long: Bool) -> [String] {
        long
            ? LongView(source: source, site: status.site).lines
            : DataSourceBox(source: source, time: time).lines
    }

    private var coordinator: String {
        let name = status.coordinator?.description ?? "NONE"
        let state = status.coordinator != nil && status.quorum ? ComponentState.online : .unknown
        return "COORDINATOR[\(name):\(status.policy.rawValue):\(state.rawValue)]"
    }

    private func router(_ router: RouterStatus) -> [String] {
        let counts = "created=\(router.connections.created), active=\(router.connections.active)"
        let text = "connector@\(router.host)[\(router.pid)](\(router.state.rawValue), \(counts))"
        return Box.rows(text, hanging: router.host.description.count + 1)
    }
}
