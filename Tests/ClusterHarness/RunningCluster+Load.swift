import LoadKit
import ServerHarness
import SiteConfiguration
import Testing

/// What happened while clients wrote.
package struct LoadReport<Value: Sendable>: Sendable {
    package var value: Value
    package var result: LoadResult
}

extension RunningCluster {
    /// Clients write through a site's routers while `body` runs; then every server of every site has each confirmed
    /// write, once.
    @discardableResult
    package func underLoad<Value: Sendable>(
        _ site: String, clients: Int = 8, connectEachTime: Bool = false, routers: [String]? = nil,
        _ body: () async throws -> Value
    ) async throws -> LoadReport<Value> {
        let load = Load(
            LoadOptions(
                addresses: try (routers ?? hosts(of: site)).map { try address($0) },
                port: configuration.ports.write,
                user: configuration.applicationUser, password: configuration.applicationPassword,
                clients: clients, connectEachTime: connectEachTime))
        try await load.prepare()
        async let writing = load.write()
        let value: Value
        do {
            try await eventually("writes flow") { load.confirmed > 20 }
            value = try await body()
            let before = load.confirmed
            try await eventually("writes flow again") { load.confirmed > before + 20 }
        } catch {
            load.stop()
            _ = try await writing
            throw error
        }
        load.stop()
        let result = try await writing
        for host in hosts() { try await verify(load, result, on: host) }
        return LoadReport(value: value, result: result)
    }

    private func verify(_ load: Load, _ result: LoadResult, on host: String) async throws {
        var verdict: LoadVerdict?
        var problem = ""
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            do {
                verdict = try await load.verify(result, on: address(host), port: configuration.ports.server)
            } catch {
                problem = "\(error)"
            }
            if verdict?.lost == 0 { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(verdict?.lost == 0, "\(host): \(problem)")
        #expect(verdict?.repeated == 0, "\(host): \(problem)")
    }
}
