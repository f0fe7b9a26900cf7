import ClusterModel
import LoadKit
import SandboxKit
import SiteConfiguration

/// Faults one after the other, while applications write at every site; after each the promises are checked.
package struct FaultRun: Sendable {
    package struct Options: Sendable {
        /// Clients at each site, and the writes a second that they begin together.
        package var clients = 8
        package var rate = 200
        /// Writes a second at sites where nothing happens; nil where there are as many.
        package var rateElsewhere: Int?
        /// Faults between two comparisons of everything: tables and logs.
        package var fullEvery = 10
        /// Seconds that a healed cluster has until it is whole again.
        package var patience = 180.0

        package init() {}
    }

    let cluster: FaultCluster
    let options: Options
    let log: FaultLog
    package internal(set) var records: [FaultRecord] = []
    /// What the binary logs held before this run.
    private(set) var floor: [UInt32: UInt64] = [:]

    package init(_ cluster: FaultCluster, _ options: Options) {
        self.cluster = cluster
        self.options = options
        log = cluster.log
    }

    /// - Throws: `FaultViolation` where a promise was broken; the cluster is left as it is then.
    package mutating func run(_ plan: FaultPlan) async throws {
        let sampler = cluster.sampler
        let sampling = Task { await sampler.run() }
        defer { sampling.cancel() }
        try await settle()
        for fault in plan.faults {
            let record = try await perform(fault)
            records.append(record)
            log.line(record.line)
            if fault.number % options.fullEvery == 0 { try await compareAll() }
        }
        try await compareAll()
        log.line("\(sampler.count) looks at servers, never two of a site that took writes")
    }

    /// One fault, and all that comes of it; with `waitsForFailover` it lasts until another primary has its place.
    func perform(_ fault: PlannedFault, waitsForFailover: Bool = false) async throws -> FaultRecord {
        let loads = try await startLoads(at: fault.site)
        defer { loads.forEach { $0.load.stop() } }
        guard try await cluster.wait(seconds: 60, until: { loads.allSatisfy { $0.load.confirmed > 20 } })
        else {
            throw FaultViolation("no writes were acknowledged before fault \(fault.number)")
        }
        try await cluster.pause(fault.lead)
        var deed = ""
        let old = try await cluster.primary(fault.site)
        let receipts = await commitsAlone()
        let start = ContinuousClock.now
        try await cluster.inject(fault) { words in
            deed = words
            let text = "fault \(fault.number) \(fault.kind.rawValue) at \(fault.site): \(words)"
            if waitsForFailover { log.detail(text) } else { log.line(text) }
        }
        if waitsForFailover {
            deed = "\(old) -> \(try await awaitSuccessor(of: old, fault, loads))"
        }
        let healed = ContinuousClock.now
        try await cluster.mend()
        let helped = try await becomeWhole()
        let whole = healed.duration(to: .now)
        let before = loads.map(\.load.confirmed)
        let flows = try await cluster.wait(seconds: 60) {
            zip(loads, before).allSatisfy { $0.load.confirmed > $1 + 20 }
        }
        guard flows else { throw FaultViolation("the cluster is whole, and writes are not acknowledged") }
        let end = ContinuousClock.now
        try await cluster.pause(.milliseconds(300))
        let results = try await finish(loads)
        try checkWriters(after: fault.kind)
        var record = FaultRecord(
            fault: fault, deed: deed, gap: nil, gapElsewhere: nil, whole: whole / .seconds(1), helped: helped,
            acknowledged: 0, lost: 0, repeated: 0)
        record.alone = await commitsAlone().map { host, count in
            // A server that was restarted counts from 0 again.
            count - (receipts[host].map { $0 <= count ? $0 : 0 } ?? 0)
        }.reduce(0, +)
        for (load, result) in zip(loads, results) {
            let gap = result.gap(between: start, and: end)
            if load.site == fault.site { record.gap = gap }
            if load.site != fault.site { record.gapElsewhere = max(record.gapElsewhere ?? 0, gap ?? 0) }
            record.acknowledged += result.acknowledged.count
            tell(result, of: load.site)
            try await check(load.load, result, &record)
        }
        return record
    }

    // MARK: loads

    struct SiteLoad: Sendable {
        var site: SiteName
        var load: Load
        var task: Task<LoadResult, any Error>
    }

    private func startLoads(at faulty: SiteName) async throws -> [SiteLoad] {
        var loads: [SiteLoad] = []
        for site in cluster.configuration.sites {
            let load = Load(
                LoadOptions(
                    addresses: site.routers.map { cluster.configuration.address(of: $0) },
                    port: cluster.configuration.ports.write, user: cluster.configuration.applicationUser,
                    password: cluster.configuration.applicationPassword, clients: options.clients,
                    pause: .zero,
                    rate: site.name == faulty ? options.rate : options.rateElsewhere ?? options.rate))
            try await load.prepare()
            loads.append(SiteLoad(site: site.name, load: load, task: Task { try await load.write() }))
        }
        return loads
    }

    private func finish(_ loads: [SiteLoad]) async throws -> [LoadResult] {
        for one in loads { one.load.stop() }
        var results: [LoadResult] = []
        for one in loads { results.append(try await one.task.value) }
        return results
    }

    private func tell(_ result: LoadResult, of site: SiteName) {
        log.detail(
            "\(site): \(result.acknowledged.count) acknowledged, \(result.unknown.count) without an answer, "
                + "\(result.connectFailures) failed connections, largest gap \(Int(result.largestGap)) ms")
        for (error, number) in result.errors.sorted(by: { $0.value > $1.value }).prefix(6) {
            log.detail("\(site): \(number) x \(error)")
        }
    }

    // MARK: becoming whole

    /// Before the first fault.
    mutating func settle() async throws {
        try await cluster.mend()
        _ = try await becomeWhole()
        _ = cluster.sampler.takeOverlaps()
        let configuration = cluster.configuration
        floor = try await cluster.sandbox.besideTasks { _ in try BinaryLogProof.read(configuration).heights }
        log.line("every site is whole")
    }

    /// Waits until every manager sees its site whole; where that does not come about by itself, types what an operator
    /// would.
    /// - Returns: whether help was needed.
    private func becomeWhole() async throws -> Bool {
        let end = ContinuousClock.now + .seconds(options.patience)
        var next = ContinuousClock.now + .seconds(20)
        var helped = false
        while !(await cluster.isWhole()) {
            guard ContinuousClock.now < end else {
                var text = "not every site is whole \(Int(options.patience)) s after everything was healed"
                for site in cluster.configuration.sites {
                    text += "\n" + (await cluster.listing(site.hosts[0]) ?? "no answer at \(site.hosts[0])")
                }
                throw FaultViolation(text)
            }
            if ContinuousClock.now > next {
                helped = true
                for site in cluster.configuration.sites {
                    if let text = await cluster.listing(site.hosts[0]), Listing(text).isWhole(site) {
                        continue
                    }
                    log.detail(await cluster.listing(site.hosts[0]) ?? "no answer at \(site.hosts[0])")
                    try await cluster.cctrl(site.hosts[0], "recover")
                }
                next = .now + .seconds(10)
            }
            try await cluster.pause(.milliseconds(200))
        }
        return helped
    }
}
