import ClusterModel
import SiteConfiguration

/// Wall times of whole processes, one after the other.
package struct ProcessTimes: Sendable {
    package var name: String
    /// Milliseconds, sorted.
    package var times: [Double]

    package var median: Double { times.isEmpty ? 0 : times[times.count / 2] }
    package var maximum: Double { times.last ?? 0 }
}

extension Sandbox {
    /// Times `cctrl -e ls` and, as what a user of databases is used to, an encrypted `mariadb -e 'select 1'`.
    ///
    /// The runs alternate, so that what else the machine does falls on both.
    package func bench(runs: Int) throws -> [ProcessTimes] {
        let configuration = try directory.readConfiguration()
        let programs = try Programs(binaries: binaries, managers: true)
        guard let site = configuration.sites.first, let host = site.hosts.first else { return [] }
        let paths = HostPaths(host: host, in: configuration)
        let client = [
            "--no-defaults", "--ssl", "--ssl-ca=" + paths.authority, "--ssl-verify-server-cert",
            "--host=" + configuration.address(of: host), "--port=\(configuration.ports.server)",
            "--user=" + configuration.replicationUser, "--execute=select 1",
        ]
        var results = [
            ProcessTimes(name: "cctrl -e ls", times: []), ProcessTimes(name: "mariadb select 1", times: []),
        ]
        for _ in 0..<runs {
            results[0].times.append(
                try time(
                    programs.shell, ["-e", "ls"],
                    ["CCTRL_CONFIG": configuration.path, "CCTRL_HOST": host.description]))
            results[1].times.append(
                try time(programs.client, client, ["MYSQL_PWD": configuration.replicationPassword]))
        }
        for index in results.indices { results[index].times.sort() }
        return results
    }

    private func time(
        _ program: String, _ arguments: [String], _ environment: [String: String]
    ) throws -> Double {
        let start = ContinuousClock.now
        let result = try Spawn.run(program, arguments, environment: environment, seconds: 10)
        let time = (ContinuousClock.now - start) / .milliseconds(1)
        guard result.status == 0 else {
            throw SandboxError("'\(program)' failed with status \(result.status): \(result.output)")
        }
        return time
    }
}
