import ClusterModel
import SiteConfiguration

/// What processes stand on, and whether this sandbox can take it from under them.
extension Sandbox {
    package struct Ground: Sendable {
        /// Every server has a disk of its own.
        package var serverDisks: Bool
        package var etcdDisks: Bool
        /// Every host's processes look at a clock that can be set.
        package var clocks: Bool
    }

    package func ground() throws -> Ground {
        let paths = try self.paths()
        return Ground(
            serverDisks: paths.allSatisfy {
                !$0.hasServer || SmallDisk(path: $0.paths.serverVolume).isMounted
            },
            etcdDisks: paths.allSatisfy { SmallDisk(path: $0.paths.etcdData).isMounted },
            clocks: paths.allSatisfy { ClockFile($0.paths, binaries: binaries).isThere })
    }

    /// Makes room on full disks, sets clocks right, and replaces certificates that have ended.
    ///
    /// A server that was started with such a certificate must be started again.
    package func restoreGround() throws {
        for (host, _, paths) in try paths() {
            for path in [paths.serverVolume, paths.etcdData] { try SmallDisk(path: path).empty() }
            let clock = ClockFile(paths, binaries: binaries)
            if clock.isThere, !clock.isRight { try setClock(host, ahead: 0) }
            if try hasExpired(paths.certificate) { try renewCertificate(of: host, days: 825) }
        }
    }

    private func paths() throws -> [(host: HostName, hasServer: Bool, paths: HostPaths)] {
        let configuration = try directory.readConfiguration()
        return configuration.hosts.map {
            ($0, !configuration.isWitness($0), HostPaths(host: $0, in: configuration))
        }
    }
}
