import Certificates
import ClusterModel
import Glibc
import SiteConfiguration

/// Everything on disk that a host needs before its first start.
struct HostFiles {
    var directory: SandboxDirectory
    var configuration: ClusterConfiguration
    var programs: Programs

    private var hosts: [(host: HostName, site: SiteEntry, paths: HostPaths)] {
        configuration.sites.flatMap { site in
            site.voters.map { ($0, site, HostPaths(host: $0, in: configuration)) }
        }
    }

    /// Directories and the text files, which are made anew at every `up`.
    func writeConfigurations() throws {
        for (host, site, paths) in hosts {
            for path in [paths.runDirectory, paths.logDirectory, paths.confDirectory, paths.security] {
                try Files.makeDirectory(path)
            }
            guard site.hosts.contains(host) else { continue }
            let server = ServerConfiguration(host: host, site: site, configuration: configuration)
            try Files.write(server.text, to: paths.serverConfiguration)
            try Files.write(HoldScript.text(gate: paths.routerGate), to: paths.holdScript)
            let router = RouterConfiguration(host: host, site: site, in: configuration)
            try Files.write(router.text, to: paths.routerConfiguration)
        }
    }

    /// Makes certificates where there are none yet, and returns how many.
    func makeCertificates() throws -> Int {
        var (authority, made) = try authority(named: "ca")
        let (members, madeAuthority) = try self.authority(named: "etcd-ca")
        made += madeAuthority
        for (host, site, paths) in hosts {
            made += try issue(
                [
                    (profile(of: host, site), paths.certificate, paths.key),
                    (
                        .client(name: "operator", role: .operator), paths.certificate(of: "operator"),
                        paths.key(of: "operator")
                    ),
                    (
                        .client(name: "observer", role: .observer), paths.certificate(of: "observer"),
                        paths.key(of: "observer")
                    ),
                ], by: authority, trustedBy: paths.authority)
            let own: [CertificateProfile.SubjectName] = [
                .dns(host.description), .address(configuration.address(of: host)),
            ]
            made += try issue(
                [(.host(host, names: own), paths.etcdCertificate, paths.etcdKey)], by: members,
                trustedBy: paths.etcdAuthority)
        }
        return made
    }

    private func profile(of host: HostName, _ site: SiteEntry) -> CertificateProfile {
        // Clients check the certificate of the server they reach against the name of the router they asked.
        let reachable = [host] + site.routers.filter { $0 != host }
        let names = reachable.flatMap { host -> [CertificateProfile.SubjectName] in
            [.dns(host.description), .address(configuration.address(of: host))]
        }
        return .host(host, names: names)
    }

    /// Replaces a host's certificate and key.
    /// - Returns: where the certificate is.
    func renewCertificate(of host: HostName, _ validity: Validity) throws -> String {
        guard let (_, site, paths) = hosts.first(where: { $0.host == host }) else {
            throw SandboxError("there is no host '\(host)'")
        }
        let (authority, _) = try authority(named: "ca")
        try authority.issue(profile(of: host, site), validity).save(
            certificate: paths.certificate, key: paths.key)
        return paths.certificate
    }

    /// An authority of this sandbox, made where there is none.
    private func authority(named name: String) throws -> (CertificateAuthority, made: Int) {
        let (certificate, key) = (
            directory.authority + "/\(name).pem", directory.authority + "/\(name)-key.pem"
        )
        if Files.exists(certificate) {
            return (try CertificateAuthority(certificate: certificate, key: key), 0)
        }
        try Files.makeDirectory(directory.authority)
        let authority = try CertificateAuthority()
        try authority.own.save(certificate: certificate, key: key)
        return (authority, 1)
    }

    private func issue(
        _ wanted: [(CertificateProfile, certificate: String, key: String)],
        by authority: CertificateAuthority,
        trustedBy path: String
    ) throws -> Int {
        let missing = wanted.filter { !Files.exists($0.certificate) }
        for (profile, certificate, key) in missing {
            try authority.issue(profile).save(certificate: certificate, key: key)
        }
        if !Files.exists(path) { try PrivateFile.write(authority.own.certificatePEM(), to: path) }
        return missing.count
    }

    /// Hosts whose server has no data yet.
    func hostsWithoutData() -> [HostName] {
        // An empty directory is what a disk of memory leaves that went with the machine's end.
        hosts.filter { host, site, paths in
            site.hosts.contains(host) && (Files.names(in: paths.serverData) ?? []).isEmpty
        }.map(\.host)
    }

    /// An empty server with its accounts, to be copied for every host.
    func makeTemplate() throws {
        guard !Files.exists(directory.template) else { return }
        let temporary = directory.template + ".new"
        let statements = directory.accounts
        try Files.remove(temporary)
        try Files.write(ServerAccounts.statements(for: configuration), to: statements)
        defer { unlink(statements) }
        let user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "root"
        var arguments = [
            "--no-defaults", "--datadir=\(temporary)", "--tmpdir=\(directory.path)",
            "--auth-root-authentication-method=socket",
            "--auth-root-socket-user=\(user)", "--skip-test-db", "--skip-name-resolve",
            "--innodb-log-file-size=48M", "--extra-file=\(statements)",
        ]
        if geteuid() == 0 { arguments.append("--user=root") }
        let result = try Spawn.run(programs.serverInstaller, arguments, seconds: 60)
        guard result.status == 0, rename(temporary, directory.template) == 0 else {
            throw SandboxError("mariadb-install-db failed with status \(result.status):\n\(result.output)")
        }
    }

    /// Gives a host the template's data; what is there under the final name is complete.
    func copyTemplate(to host: HostName) throws {
        let paths = HostPaths(host: host, in: configuration)
        guard !Files.exists(paths.serverVolume + "/ibdata1") else {
            throw SandboxError(
                "the data in '\(paths.serverVolume)' was made by an earlier version of cctrl-sandbox",
                hint: "cctrl-sandbox down --purge, and up again")
        }
        guard mkdir(paths.serverVolume, 0o700) == 0 || errno == EEXIST else {
            throw SandboxError.system("create '\(paths.serverVolume)'")
        }
        let path = paths.serverData
        let temporary = path + ".new"
        try Files.remove(temporary)
        let result = try Spawn.run(
            "/bin/cp", ["-a", "--sparse=auto", directory.template, temporary], seconds: 60)
        guard result.status == 0, rename(temporary, path) == 0 else {
            throw SandboxError("the data of '\(host)' cannot be made:\n\(result.output)")
        }
    }
}
