import AdminProtocol
import ClusterModel
import TerminalText

/// `show topology`: the site's shape and the services that bring other sites' writes.
enum TopologyView {
    static func lines(_ topology: Topology) -> [String] {
        let primary = topology.primary
        let replicas = topology.hosts.filter { $0 != primary }.map(\.description)
        var lines = [
            "TOPOLOGY: \(SafeLine.of(topology.name))",
            "DATASERVICE: \(topology.site)",
            "MASTER: \(primary?.description ?? "NONE")",
            "SLAVES: \(replicas.isEmpty ? "NONE" : replicas.joined(separator: ", "))",
        ]
        guard !topology.services.isEmpty else { return lines }
        lines += ["", "CROSS-SITE SERVICES:"]
        lines += box(topology)
        return lines
    }

    static let fields = [
        "name", "carrier", "source", "state", "wanted", "progress", "tls", "error",
    ]

    static func rows(_ topology: Topology) -> Rows { Rows(fields: fields, items: topology.services) }

    /// `ls services`.
    static func services(_ topology: Topology) -> [String] { [""] + box(topology) + [""] }

    private static func box(_ topology: Topology) -> [String] {
        Box.around(topology.services.flatMap { Box.rows(text($0), hanging: 2) })
    }

    private static func text(_ service: ServiceStatus) -> String {
        var fields = [service.state.rawValue, "carrier=\(service.carrier?.description ?? "NONE")"]
        fields.append("source=\(service.source ?? "NONE")")
        fields.append("progress=\(service.progress)")
        if service.wanted == .offline { fields.append("set OFFLINE by an operator") }
        let error = service.error.isEmpty ? "" : "\nERROR[\(service.error)]"
        return "\(service.name)(\(fields.joined(separator: ", ")))\(service.tls ? "[SSL]" : "")\(error)"
    }
}
