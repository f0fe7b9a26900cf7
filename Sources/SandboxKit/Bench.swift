import ClusterModel
import SiteConfiguration

/// Wall times of whole processes, one after the other.
package struct ProcessTimes: Sendable {
    package var name: String
    /// Milliseconds, sorted.
    package var times: [Double]

    package var median: Double { times.isEmpty ? 0 : times[times.count / 2] }
    package var minimum: Double { times.first ?? 0 }
    package var maximum: Double { times.last ?? 0 }
}

/// What `bench` has found.
package struct BenchReport: Sendable {
    /// `cctrl -e ls` first, then what it is measured against, then others that are installed, then TAB.
    package var rows: [ProcessTimes]
    /// The parts of `cctrl -e ls`, in their order.
    package var shares: [ProcessTimes]
}

extension Sandbox {
    /// A program with everything that it needs to run once.
    private struct Sample {
        var name: String
        var program: String
        var arguments: [String]
        var environment: [String: String] = [:]
    }

    /// Times `cctrl -e ls` and, as what a user of databases is used to, an encrypted `mariadb -e 'select 1'`;
    /// beside them `etcdctl endpoint health` and the start of a Java machine where these are installed.
    ///
    /// The runs alternate, so that what else the machine does falls on all.
    package func bench(runs: Int) throws -> BenchReport {
        let configuration = try directory.readConfiguration()
        let programs = try Programs(binaries: binaries, managers: true)
        guard let host = configuration.sites.first?.hosts.first else {
            return BenchReport(rows: [], shares: [])
        }
        let crowd = try crowdedConfiguration()
        // A sandbox holds nothing that it did not make.
        defer { _ = try? Files.remove(crowd) }
        let samples = samples(programs, host, configuration, crowd: crowd)
        let start = BenchStart(
            program: programs.shell, arguments: samples[0].arguments, environment: samples[0].environment)
        var rows = samples.map { ProcessTimes(name: $0.name, times: []) }
        var shares: [ProcessTimes] = []
        for _ in 0..<runs {
            for (index, sample) in samples.enumerated() { rows[index].times.append(try time(sample)) }
            for (index, part) in try start.parts().enumerated() {
                if index == shares.count { shares.append(ProcessTimes(name: part.name, times: [])) }
                shares[index].times.append(part.milliseconds)
            }
        }
        for index in rows.indices { rows[index].times.sort() }
        for index in shares.indices { shares[index].times.sort() }
        return BenchReport(rows: rows, shares: shares)
    }

    private func samples(
        _ programs: Programs, _ host: HostName, _ configuration: ClusterConfiguration, crowd: String
    ) -> [Sample] {
        let paths = HostPaths(host: host, in: configuration)
        let address = configuration.address(of: host)
        let settings = ["CCTRL_CONFIG": configuration.path, "CCTRL_HOST": host.description]
        var samples = [
            Sample(
                name: "cctrl -e ls", program: programs.shell, arguments: ["-e", "ls"], environment: settings),
            Sample(
                name: "mariadb select 1", program: programs.client,
                arguments: [
                    "--no-defaults", "--ssl", "--ssl-ca=" + paths.authority, "--ssl-verify-server-cert",
                    "--host=" + address, "--port=\(configuration.ports.server)",
                    "--user=" + configuration.replicationUser, "--execute=select 1",
                ], environment: ["MYSQL_PWD": configuration.replicationPassword]),
        ]
        if let etcdctl = Programs.locate("etcdctl") {
            samples.append(
                Sample(
                    name: "etcdctl endpoint health", program: etcdctl,
                    arguments: [
                        "--endpoints=https://\(address):\(configuration.ports.etcdClient)",
                        "--cacert=" + paths.etcdAuthority, "--cert=" + paths.etcdCertificate,
                        "--key=" + paths.etcdKey, "endpoint", "health",
                    ], environment: ["ETCDCTL_API": "3"]))
        }
        if let java = Programs.locate("java") {
            samples.append(Sample(name: "java -version", program: java, arguments: ["-version"]))
        }
        return samples + [
            Sample(
                name: "TAB, live names", program: programs.shell,
                arguments: ["--complete-line", "cctrl -e 'datasource ", "21"], environment: settings),
            Sample(
                name: "TAB, 100 hosts", program: programs.shell,
                arguments: ["--complete-line", "cctrl -host ", "12"],
                environment: ["CCTRL_CONFIG": crowd, "CCTRL_HOST": "bench1"]),
        ]
    }

    /// A configuration that names a hundred hosts; nobody is asked about them.
    private func crowdedConfiguration() throws -> String {
        let hosts = (1...100).map { "bench\($0)" }.joined(separator: ",")
        let path = directory.path + "/bench.ini"
        try Files.write(
            """
            [defaults]
            install-directory=/nonexistent
            replication-user=tungsten
            replication-password=none
            application-user=app_user
            application-password=none
            [crowd]
            topology=clustered
            master=bench1
            members=\(hosts)
            connectors=\(hosts)

            """, to: path)
        return path
    }

    private func time(_ sample: Sample) throws -> Double {
        let start = ContinuousClock.now
        let result = try Spawn.run(
            sample.program, sample.arguments, environment: sample.environment, seconds: 10)
        let time = (ContinuousClock.now - start) / .milliseconds(1)
        guard result.status == 0 else {
            throw SandboxError("'\(sample.program)' failed with status \(result.status): \(result.output)")
        }
        return time
    }
}
