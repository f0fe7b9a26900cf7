import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOPosix
import NIOSSL

/// A client of etcd v3 through its JSON gateway.
///
/// Every call has one deadline for everything. An endpoint that does not take the connection, or does not answer
/// for its share of the deadline, is left for the next one; the one that answered last is asked first. Calls that
/// may have been done and must not be done twice end with `EtcdError.unknownOutcome` instead of a repetition.
package final class EtcdClient: Sendable {
    package let target: EtcdTarget
    let http: HTTPClient
    let preferred = Preferred()

    /// The default of every call's deadline.
    package static let deadline: Duration = .seconds(1)

    /// Connects to nothing yet.
    ///
    /// `shutdown` must be called in the end.
    /// - Throws: `EtcdError.configuration` where a certificate file cannot be used, or there is no endpoint.
    package init(
        _ target: EtcdTarget, on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) throws(EtcdError) {
        guard !target.endpoints.isEmpty else { throw .configuration("no etcd endpoint is configured") }
        self.target = target
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .milliseconds(500)
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.connectionPool.idleTimeout = .seconds(60)
        // A refused connection goes to the next endpoint at once instead of being tried again here.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let tls = target.tls { configuration.tlsConfiguration = try Self.tlsConfiguration(tls) }
        http = HTTPClient(
            eventLoopGroupProvider: .shared(group),
            configuration: configuration)
    }

    /// Ends every call and connection; the client cannot be used again.
    package func shutdown() async throws { try await http.shutdown() }

    // MARK: keys

    /// The pair of one key; nil where there is none.
    ///
    /// A serializable read is answered by one member alone and may be old; others are confirmed by a
    /// majority.
    package func get(
        _ key: String, serializable: Bool = false, deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) -> EtcdPair? {
        let request = WireRangeRequest(key: KeyRange.key(key), serializable: serializable)
        let reply: WireRangeReply = try await call("kv/range", request, deadline, repeatable: true)
        return reply.kvs?.first?.pair
    }

    /// All pairs whose keys begin with `prefix`, in the order of the keys.
    package func range(
        prefix: String, serializable: Bool = false, deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) -> EtcdRange {
        let request = WireRangeRequest(
            key: KeyRange.start(ofPrefix: prefix), range_end: KeyRange.end(ofPrefix: prefix),
            serializable: serializable)
        let reply: WireRangeReply = try await call("kv/range", request, deadline, repeatable: true)
        return EtcdRange(revision: reply.header?.revision?.value ?? 0, pairs: (reply.kvs ?? []).map(\.pair))
    }

    /// Writes a key whatever it held before, and returns the revision.
    ///
    /// May be sent again after a lost answer: two writers of one key use `transaction`.
    @discardableResult
    package func put(
        _ key: String, _ value: [UInt8], lease: Int64 = 0, deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) -> Int64 {
        let request = WirePutRequest(
            key: KeyRange.key(key), value: Data(value), lease: lease == 0 ? nil : Wire64(lease))
        let reply: WirePutReply = try await call("kv/put", request, deadline, repeatable: true)
        return reply.header?.revision?.value ?? 0
    }

    /// Removes one key; the number of keys that were there (0 also where a first attempt did it unheard).
    @discardableResult
    package func delete(
        _ key: String, deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) -> Int64 {
        let request = WireDeleteRequest(key: KeyRange.key(key))
        let reply: WireDeleteReply = try await call("kv/deleterange", request, deadline, repeatable: true)
        return reply.deleted?.value ?? 0
    }

    /// Removes all keys that begin with `prefix`.
    @discardableResult
    package func delete(
        prefix: String, deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) -> Int64 {
        let request = WireDeleteRequest(
            key: KeyRange.start(ofPrefix: prefix), range_end: KeyRange.end(ofPrefix: prefix))
        let reply: WireDeleteReply = try await call("kv/deleterange", request, deadline, repeatable: true)
        return reply.deleted?.value ?? 0
    }

    // MARK: leases

    package func grantLease(
        seconds: Int64, deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) -> EtcdLease {
        // A grant whose answer is lost leaves a lease that expires by itself.
        let reply: WireLeaseReply = try await call(
            "lease/grant", WireLeaseGrantRequest(TTL: Wire64(seconds)), deadline, repeatable: true)
        guard let id = reply.ID?.value else { throw .malformed("a lease without number") }
        return EtcdLease(id: id, seconds: reply.TTL?.value ?? seconds)
    }

    /// Renews a lease from now on.
    /// - Throws: `EtcdError.leaseNotFound` where it has ended.
    @discardableResult
    package func keepAlive(
        _ lease: Int64, deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) -> EtcdLease {
        let reply: WireStreamed<WireLeaseReply> = try await call(
            "lease/keepalive", WireLeaseRequest(ID: Wire64(lease)), deadline, repeatable: true)
        if let error = reply.error { throw error.value }
        guard let seconds = reply.result?.TTL?.value, seconds > 0 else { throw .leaseNotFound }
        return EtcdLease(id: lease, seconds: seconds)
    }

    /// Ends a lease and removes its keys.
    ///
    /// A lease that has ended already is no error.
    package func revoke(_ lease: Int64, deadline: Duration = EtcdClient.deadline) async throws(EtcdError) {
        do {
            let _: WireEmpty = try await call(
                "lease/revoke", WireLeaseRequest(ID: Wire64(lease)), deadline, repeatable: true)
        } catch .leaseNotFound {
            return
        }
    }

    /// What is left of a lease, in whole seconds, as its leader counts them; nil where it has ended.
    package func timeToLive(
        of lease: Int64, deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) -> Int64? {
        let reply: WireLeaseReply = try await call(
            "lease/timetolive", WireLeaseRequest(ID: Wire64(lease)), deadline, repeatable: true)
        // A zero is left out by the gateway; a lease that is not known has -1.
        let seconds = reply.TTL?.value ?? 0
        return seconds < 0 ? nil : seconds
    }

    // MARK: members

    /// What the member at one endpoint says of itself; no other is asked.
    package func status(
        of endpoint: String, deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) -> EtcdStatus {
        let reply: WireStatusReply = try await call(
            "maintenance/status", WireEmpty(), deadline, repeatable: true, only: endpoint)
        return EtcdStatus(
            version: reply.version ?? "", member: reply.header?.member_id?.value ?? 0,
            leader: reply.leader?.value ?? 0, revision: reply.header?.revision?.value ?? 0,
            databaseBytes: reply.dbSize?.value ?? 0, raftTerm: reply.header?.raft_term?.value ?? 0,
            errors: reply.errors ?? [])
    }

    /// The members as any endpoint says, or the one that is named.
    package func members(
        of endpoint: String? = nil, deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) -> [EtcdMember] {
        let reply: WireMembersReply = try await call(
            "cluster/member/list", WireEmpty(), deadline, repeatable: true, only: endpoint)
        return reply.values
    }

    /// Adds a member that has not started yet, by the one at an endpoint.
    /// - Returns: all members.
    package func addMember(
        _ peerURL: String, at endpoint: String, deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) -> [EtcdMember] {
        let reply: WireMembersReply = try await call(
            "cluster/member/add", WireMemberAddRequest(peerURLs: [peerURL]), deadline, repeatable: false,
            only: endpoint)
        return reply.values
    }

    /// Has the leader, which is the member at an endpoint, hand its role to another member.
    ///
    /// - Throws: `EtcdError.server` where it does not lead, or the other one does not take over in time.
    package func transferLeadership(
        from endpoint: String, to member: UInt64, deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) {
        let _: WireEmpty = try await call(
            "maintenance/transfer-leadership", WireTransferRequest(targetID: WireU64(member)), deadline,
            repeatable: false, only: endpoint)
    }

    private static func tlsConfiguration(_ tls: EtcdTarget.TLS) throws(EtcdError) -> TLSConfiguration {
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(tls.authority))
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(tls.certificate).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: tls.key, format: .pem))
            return configuration
        } catch {
            throw .configuration(
                "the certificates for etcd (\(tls.authority), \(tls.certificate), \(tls.key)) cannot be used: \(error)"
            )
        }
    }
}
