import AdminProtocol
import ClusterModel
import Planning

extension ManagerService {
    func status(_ call: StatusCall) -> SiteStatus {
        board.snapshot.status(
            answeredBy: board.host, quorum: board.hasQuorum, age: board.age, includingReports: call.reports)
    }

    func members() -> [Member] {
        let snapshot = board.snapshot
        return snapshot.shape.voters.sorted().map {
            Member(
                host: $0, address: peers.address(of: $0), port: peers.managerPort(),
                online: snapshot.reports[$0] != nil
            )
        }
    }

    func ping(_ call: PingCall) async throws(Refusal) -> [PingResult] {
        let hosts: [HostName]
        if let host = call.host {
            hosts = board.shape.witnesses.contains(host) ? [host] : [try coordinator.known(host)]
        } else {
            hosts = board.shape.voters.sorted()
        }
        let results = await withTaskGroup(of: PingResult.self) { group in
            for host in hosts {
                group.addTask { [peers] in
                    let milliseconds = await peers.ping(host)
                    return PingResult(
                        host: host, address: peers.address(of: host), reachable: milliseconds != nil,
                        milliseconds: milliseconds)
                }
            }
            return await group.reduce(into: [PingResult]()) { $0.append($1) }
        }
        return results.sorted { $0.host < $1.host }
    }

    func topology() -> Topology {
        let snapshot = board.snapshot
        return Topology(
            name: snapshot.shape.topology, site: snapshot.shape.name, primary: snapshot.primary,
            hosts: snapshot.shape.hosts, services: snapshot.services.map(serviceStatus))
    }

    private func serviceStatus(_ facts: ServiceFacts) -> ServiceStatus {
        let domain = coordinator.neighbours.domain(of: facts.name)
        let progress = domain.flatMap { domain in facts.executed.map { Int64($0.sequence(of: domain)) } }
        return ServiceStatus(
            name: facts.name, carrier: facts.carrier, source: facts.link?.sourceHost,
            state: facts.link?.state ?? .stopped,
            wanted: facts.wanted, progress: progress ?? -1, tls: facts.link?.tls ?? false,
            error: facts.link?.errorText ?? "")
    }

    func neighbour() -> Neighbour {
        let snapshot = board.snapshot
        return Neighbour(
            site: snapshot.shape.name, primary: snapshot.primary, quorum: board.hasQuorum,
            executed: snapshot.reports.mapValues(\.server.executed), changing: snapshot.operation != nil)
    }
}
