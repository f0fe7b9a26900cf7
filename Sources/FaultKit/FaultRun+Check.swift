import ClusterModel
import LoadKit
import MariaDBClient
import SandboxKit
import SiteConfiguration

extension FaultRun {
    /// At most one server of a site took writes, at any time.
    ///
    /// A machine that was paused for longer than its lease goes on where it was, until its manager has looked at the
    /// clock: so short, its server may say that it takes writes; none is acknowledged, and that is checked as always.
    func checkWriters(after kind: FaultKind) throws {
        for overlap in cluster.sampler.takeOverlaps() {
            let hosts = overlap.hosts.map(\.description).joined(separator: " and ")
            let text = "\(hosts) took writes at the same time, for \(Int(overlap.milliseconds)) ms"
            guard kind == .hostStop, overlap.milliseconds < 1000 else { throw FaultViolation(text) }
            log.line("NOTE: \(text), when the machine that was paused went on")
        }
    }

    /// Every server has each acknowledged write, once.
    func check(_ load: Load, _ result: LoadResult, _ record: inout FaultRecord) async throws {
        for host in cluster.hosts {
            let address = cluster.configuration.address(of: host)
            let port = cluster.configuration.ports.server
            var verdict = LoadVerdict(lost: result.acknowledged.count, repeated: 0, rows: 0)
            var problem = ""
            // Replicas, and the other site's above all, may still be applying.
            _ = try await cluster.wait(seconds: 60) {
                do {
                    verdict = try await load.verify(result, on: address, port: port)
                } catch {
                    problem = ": \(error)"
                }
                return verdict.lost == 0
            }
            record.lost = max(record.lost, verdict.lost)
            record.repeated = max(record.repeated, verdict.repeated)
            guard !verdict.isRight else { continue }
            let names = await missing(load, result, address, port)
            throw FaultViolation(
                "\(host) lacks \(verdict.lost) acknowledged writes and has \(verdict.repeated) more than once\(problem)"
                    + "\nrun \(load.run) of app.cctrl_load; client/count of the first: \(names)")
        }
    }

    private func missing(_ load: Load, _ result: LoadResult, _ address: String, _ port: Int) async -> String {
        do {
            let found = try await load.missing(result, on: address, port: port)
            return found.prefix(10).map { "\($0.client)/\($0.sequence)" }.joined(separator: ", ")
        } catch {
            return "\(error)"
        }
    }

    /// Tables are equal everywhere, and so are the logs.
    func compareAll() async throws {
        var sums: [HostName: String] = [:]
        let equal = try await cluster.wait(seconds: 90) {
            for host in cluster.hosts { sums[host] = await checksum(host) }
            return Set(sums.values).count == 1
        }
        guard equal else {
            let text = sums.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(
                separator: "\n")
            throw FaultViolation("the servers' tables differ: CHECKSUM TABLE app.cctrl_load says\n\(text)")
        }
        let configuration = cluster.configuration
        let floor = floor
        let proof = try await cluster.sandbox.besideTasks { _ in
            try BinaryLogProof.read(configuration, after: floor)
        }
        guard proof.conflicts.isEmpty else {
            throw FaultViolation(
                "two servers logged different transactions under one number:\n"
                    + proof.conflicts.prefix(10).joined(separator: "\n"))
        }
        let holes = proof.holes
        guard holes.missing.isEmpty else {
            throw FaultViolation(
                "a server never logged what others did:\n" + holes.missing.prefix(10).joined(separator: "\n"))
        }
        cluster.log.line(
            "all compared: \(sums.count) equal checksums, \(proof.count) transactions in the binary logs, none under "
                + "two servers; \(holes.alone.count) that one server alone logged")
        for text in holes.alone.prefix(5) { cluster.log.detail(text) }
    }

    /// How many commits each server has made, since it was started, without a replica's receipt; those that do not answer
    /// are left out.
    func commitsAlone() async -> [HostName: Int] {
        var counts: [HostName: Int] = [:]
        for host in cluster.hosts {
            do {
                let rows = try await session(host).query(
                    "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_no_tx'", deadline: .seconds(5))
                counts[host] = rows.first?[1].flatMap { Int($0) }
            } catch {
                log.detail("\(host): \(error)")
            }
        }
        return counts
    }

    private func session(_ host: HostName) throws -> MariaDBSession {
        let configuration = cluster.configuration
        return try MariaDBSession(
            MariaDBTarget(
                endpoint: .tcp(host: configuration.address(of: host), port: configuration.ports.server),
                user: configuration.applicationUser, password: configuration.applicationPassword,
                connectTimeout: 5, programName: "cctrl-faults"))
    }

    private func checksum(_ host: HostName) async -> String {
        do {
            let rows = try await session(host).query("CHECKSUM TABLE app.cctrl_load", deadline: .seconds(120))
            return rows.first?[1] ?? "no such table"
        } catch {
            return "\(error)"
        }
    }
}
