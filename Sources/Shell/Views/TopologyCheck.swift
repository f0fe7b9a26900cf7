import AdminProtocol
import ClusterModel

/// `cluster topology validate`: whether what is observed is what the records and the configuration say.
struct TopologyCheck {
    /// One thing that was looked at.
    struct Finding: Encodable, Sendable {
        /// What was looked at, such as `east2`.
        var subject: String
        var fits: Bool
        var text: String
    }

    private(set) var findings: [Finding] = []
    private let site: SiteName

    init(_ status: SiteStatus, _ topology: Topology, configured: [SiteName: [HostName]]) {
        site = status.site
        checkHosts(status, configured[status.site] ?? [])
        checkPrimary(status, topology)
        for source in status.dataSources { check(source, primary: topology.primary) }
        for router in status.routers {
            note(
                "connector@\(router.host)", router.state == .online, "is \(router.state.rawValue)",
                else: "service \(router.host)/router status")
        }
        for service in topology.services { check(service, primary: topology.primary, configured) }
    }

    var rows: Rows { Rows(fields: ["subject", "fits", "text"], items: findings) }

    var lines: [String] {
        let wrong = findings.count { !$0.fits }
        return ["CHECKING THE TOPOLOGY OF DATA SERVICE '\(site)'"]
            + findings.map { "\($0.fits ? "OK     " : "PROBLEM") \($0.subject) \(SafeLine.of($0.text))" }
            + [wrong == 0 ? "THE TOPOLOGY IS VALID" : "THE TOPOLOGY IS NOT VALID: \(wrong) PROBLEMS"]
    }

    private mutating func note(_ subject: String, _ fits: Bool, _ text: String, else advice: String? = nil) {
        let tail = fits ? "" : advice.map { "; see: \($0)" } ?? ""
        findings.append(Finding(subject: subject, fits: fits, text: text + tail))
    }

    private mutating func checkHosts(_ status: SiteStatus, _ configured: [HostName]) {
        note(
            "'\(site)'", status.quorum, status.quorum ? "has a majority of managers" : "has no majority",
            else: "cluster validate")
        let known = status.dataSources.map(\.name)
        let differing = Set(known).symmetricDifference(configured).sorted().map(\.description)
        note(
            "'\(site)'", differing.isEmpty,
            differing.isEmpty
                ? "has the configured data sources: \(known.map(\.description).joined(separator: ", "))"
                : "differs from this machine's configuration in \(differing.joined(separator: ", "))",
            else: "the same tungsten.ini on every host")
    }

    private mutating func checkPrimary(_ status: SiteStatus, _ topology: Topology) {
        let primaries = status.dataSources.filter { $0.role == .primary }.map(\.name.description)
        let names = primaries.joined(separator: ", ")
        note(
            "'\(site)'", primaries.count == 1 && primaries.first == topology.primary?.description,
            primaries.count == 1 ? "has one master, \(names)" : "has \(primaries.count) masters \(names)",
            else: "recover")
    }

    private mutating func check(_ source: DataSourceStatus, primary: HostName?) {
        let role = source.role.rawValue
        guard source.state == .online else {
            let why = source.reason.isEmpty ? "" : "(\(source.reason))"
            note(
                source.name.description, false, "is a \(role) and \(source.state.rawValue)\(why)",
                else: "datasource \(source.name) \(source.state == .offline ? "online" : "recover")")
            return
        }
        guard source.manager == .online, source.server == .online else {
            note(
                source.name.description, false,
                "has manager \(source.manager.rawValue) and server \(source.server.rawValue)",
                else: "service \(source.name)/mysql status")
            return
        }
        guard source.role == .replica else {
            note(source.name.description, true, "is the master and ONLINE")
            return
        }
        let state = source.replicator?.state ?? .unknown
        let from = source.replicator?.source
        note(
            source.name.description, state == .online && from == primary,
            "replicates from \(from?.description ?? "nowhere"), \(state.rawValue)",
            else: "replicator \(source.name) status")
    }

    private mutating func check(
        _ service: ServiceStatus, primary: HostName?, _ configured: [SiteName: [HostName]]
    ) {
        let source = service.source.flatMap { HostName($0) }
        let isThere = source.map { configured[service.name]?.contains($0) == true } ?? false
        let carrier = service.carrier?.description ?? "nobody"
        let fits = service.state == .online && service.carrier == primary && isThere
        note(
            "service '\(service.name)'", fits,
            "is carried by \(carrier) from \(service.source ?? "nowhere"), \(service.state.rawValue)",
            else: "show topology")
    }
}
