import AdminProtocol
import ClusterModel
import Logging
import Manager
import ManagerIO
import ServerHarness
import Synchronization

/// A listener with a service whose answers are known.
final class TestManager: Sendable {
    let certificates: TestCertificates
    let address: String
    let service = TestService()
    let streams = DataStreams()
    let listener: AdminListener

    init(address: String, _ limit: (inout SessionLimits) -> Void = { _ in }) async throws {
        self.address = address
        certificates = try TestCertificates(host: "east1", address: address)
        var settings = AdminListener.Settings(
            address: address, port: try freePort(on: address),
            certificates: WireCertificates(
                authority: certificates.authority, certificate: certificates.path("host"),
                key: certificates.key("host")))
        limit(&settings.limits)
        listener = try await AdminListener.start(
            settings, service: service, streams: streams, log: quietLog)
    }

    var peerHost: HostName? { HostName("east1") }

    var wireCertificates: WireCertificates {
        WireCertificates(
            authority: certificates.authority, certificate: certificates.path("host"),
            key: certificates.key("host"))
    }

    /// A link as another manager has it.
    func peer(as certificate: String = "host", authority: String = "ca", host: String = "east1") throws
        -> PeerConnection
    {
        guard let name = HostName(host) else { throw HarnessError("'\(host)' is no host name") }
        return PeerConnection(
            PeerTarget(
                host: name, address: address, port: listener.port,
                certificates: WireCertificates(
                    authority: certificates.path(authority), certificate: certificates.path(certificate),
                    key: certificates.key(certificate))), connectLimit: .seconds(20))
    }
}

/// A log that says nothing.
let quietLog = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Holds every switch until `release`, and refuses what the role does not allow.
final class TestService: AdminService {
    let callers = Mutex<[Caller]>([])
    let cancelled = Mutex(0)
    let release = Mutex(false)

    func welcome(_ hello: HelloCall, for caller: Caller) throws(Refusal) -> Welcome {
        callers.withLock { $0.append(caller) }
        guard let site = SiteName("east"), let host = HostName("east1") else {
            throw Refusal(.internalError, "names")
        }
        return Welcome(
            product: Product.name, version: Product.version, build: Product.build,
            protocolVersion: ProtocolLimits.versions[0], site: site, host: host, role: caller.role,
            sites: [site: [host]])
    }

    func answer(
        _ request: FrameCodec.Request, from caller: Caller, progress: @escaping @Sendable (String) -> Void
    ) async -> [UInt8] {
        do throws(Refusal) {
            switch request.method {
            case PingCall.method: return try FrameCodec.result([PingResult](), id: request.id)
            case ValidateCall.method:
                // One large reply.
                return try FrameCodec.result(
                    Outcome(lines: [String(repeating: "x", count: 1_000_000)]), id: request.id)
            case SwitchCall.method:
                guard caller.role.includes(SwitchCall.access) else {
                    throw Refusal(.notPermitted, "\(caller.name) may only read")
                }
                progress("one")
                progress("two")
                while !release.withLock({ $0 }) {
                    do {
                        try await Task.sleep(for: .milliseconds(5))
                    } catch {
                        cancelled.withLock { $0 += 1 }
                        throw Refusal(.outcomeUnknown, "cancelled")
                    }
                }
                return try FrameCodec.result(Outcome(lines: ["done"]), id: request.id)
            default: throw Refusal(.unknownMethod, "there is no method '\(request.method)'")
            }
        } catch {
            return FrameCodec.refusal(error, id: request.id)
        }
    }
}
