import AdminProtocol
import ClusterModel
import Manager
import MariaDBClient
import SiteConfiguration
import Synchronization

/// Writes of one row through a router, in a schema of their own, by the applications' account.
///
/// The managers' own account could write to a server that is closed.
package final class RouterWrites: ClientWrites {
    private let site: SiteEntry
    private let configuration: ClusterConfiguration
    private let authority: String
    private let session = Mutex<(router: HostName, session: MariaDBSession)?>(nil)
    /// Most accounts of applications do without, and a handshake is work just when all of them come back.
    private let needsTLS = Mutex(false)

    package init(_ site: SiteEntry, from host: HostName, in configuration: ClusterConfiguration) {
        self.site = site
        self.configuration = configuration
        authority = HostPaths(host: host, in: configuration).authority
    }

    package func write(through router: HostName, deadline: Duration) async throws(Refusal) {
        do throws(MariaDBError) {
            let session = try session(through: router)
            do throws(MariaDBError) {
                try await session.execute(Statements.canary(site.name), deadline: deadline)
            } catch  where [.noSuchTable, .unknownDatabase].contains(error.code) {
                try await session.execute(Statements.createCanarySchema, deadline: deadline)
                try await session.execute(Statements.createCanary, deadline: deadline)
                try await session.execute(Statements.canary(site.name), deadline: deadline)
            }
        } catch {
            if error.code == .accessDenied,
                needsTLS.withLock({ needs in
                    defer { needs = true }
                    return !needs
                })
            {
                close()
                return try await write(through: router, deadline: deadline)
            }
            let isRefused = [.accessDenied, .databaseDenied, .tableDenied].contains(error.code)
            throw Refusal(isRefused ? .notPermitted : .serverError, "\(error)")
        }
    }

    package func close() {
        session.withLock { kept in
            kept?.session.cancel()
            kept?.session.close()
            kept = nil
        }
    }

    private func session(through router: HostName) throws(MariaDBError) -> MariaDBSession {
        if let kept = session.withLock({ $0 }), kept.router == router { return kept.session }
        let made = try MariaDBSession(
            MariaDBTarget(
                endpoint: .tcp(host: configuration.address(of: router), port: configuration.ports.write),
                user: configuration.applicationUser, password: configuration.applicationPassword,
                tls: needsTLS.withLock { $0 } ? MariaDBTarget.TLS(authority: authority) : nil,
                connectTimeout: 7, programName: "cctrl-canary"))
        session.withLock { $0 = (router, made) }
        return made
    }
}
