import MariaDBClient
import Testing

extension RunningCluster {
    /// Watches, while `body` runs, that a site never has two servers that take writes.
    package func oneWriter<Value: Sendable>(
        _ site: String, _ body: () async throws -> Value
    ) async throws -> Value {
        let hosts = hosts(of: site)
        let watch = Task {
            var looks = 0
            while !Task.isCancelled {
                var found: [String] = []
                for host in hosts where await isWritable(host) { found.append(host) }
                // The role may have moved between two looks: only one that still has it counts.
                if found.count > 1, await isWritable(found[0]) {
                    Issue.record("\(site): \(found) take writes at the same time")
                }
                looks += 1
                try? await Task.sleep(for: .milliseconds(5))
            }
            return looks
        }
        do {
            let value = try await body()
            watch.cancel()
            #expect(await watch.value > 0)
            return value
        } catch {
            watch.cancel()
            throw error
        }
    }

    private func isWritable(_ host: String) async -> Bool {
        let rows = try? await session(host).query("SELECT @@read_only", deadline: .seconds(1))
        return rows?.first?[0] == "0"
    }
}
