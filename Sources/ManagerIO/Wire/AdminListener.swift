import AdminProtocol
import Logging
import Manager
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Waits for connections and gives each one a session.
///
/// TLS 1.3 with certificates of the cluster on both sides; everything that comes before a valid `session.hello` is
/// dealt with here and in `AdminSession`, so the service sees only bounded requests of known callers.
package final class AdminListener: Sendable {
    /// Where to listen, and as whom.
    package struct Settings: Sendable {
        package var address: String
        /// 0 lets the system choose.
        package var port: Int
        package var certificates: WireCertificates
        package var limits = SessionLimits()

        package init(address: String, port: Int, certificates: WireCertificates) {
            self.address = address
            self.port = port
            self.certificates = certificates
        }
    }

    private let channel: any Channel
    private let sessions: SessionRegister
    private let log: Logger

    private init(channel: any Channel, sessions: SessionRegister, log: Logger) {
        self.channel = channel
        self.sessions = sessions
        self.log = log
    }

    /// Returns once connections are accepted.
    /// - Throws: `WireError` where the certificates or the port cannot be used.
    package static func start(
        _ settings: Settings, service: any AdminService, streams: DataStreams = DataStreams(), log: Logger,
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws(WireError) -> AdminListener {
        let tls = RenewableContext(settings.certificates) { (files) throws(WireError) in
            try files.serverContext()
        }
        _ = try tls.current()
        let sessions = SessionRegister(limit: settings.limits.sessions)
        let complaints = RepeatedComplaints()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 256 * 1024, high: 1024 * 1024))
            .childChannelInitializer { channel in
                guard sessions.admit(channel) else {
                    log.warning(
                        "connection refused: too many sessions", metadata: ["peer": "\(peerName(channel))"])
                    return channel.close()
                }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: tls.current()))
                    try pipeline.addHandler(
                        AdminSession(
                            service: service, limits: settings.limits, streams: streams,
                            complaints: complaints, log: log))
                }
            }
        do {
            let channel = try await bootstrap.bind(host: settings.address, port: settings.port).get()
            let listener = AdminListener(channel: channel, sessions: sessions, log: log)
            log.info(
                "listening", metadata: ["address": "\(settings.address)", "port": "\(listener.port)"])
            return listener
        } catch {
            throw WireError("cannot listen on \(settings.address):\(settings.port): \(error)")
        }
    }

    package var port: Int { channel.localAddress?.port ?? 0 }

    /// Connections that are open now, those in their handshake included.
    package var sessionCount: Int { sessions.count }

    /// Accepts no more connections, and closes sessions when their running requests are answered, at the latest
    /// after `grace`.
    package func stop(grace: Duration = .seconds(2)) async {
        do {
            try await channel.close()
        } catch {
            log.debug("the listening socket was closed before", metadata: ["error": "\(error)"])
        }
        for session in sessions.all { session.pipeline.fireUserInboundEventTriggered(SessionShouldEnd()) }
        let end = ContinuousClock.now + grace
        while sessions.count > 0 && ContinuousClock.now < end {
            // A cancelled stop closes the sessions at once.
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { break }
        }
        for session in sessions.all { session.close(promise: nil) }
        log.info("no longer listening")
    }
}

/// Tells a session to end when its running requests are answered.
struct SessionShouldEnd: Sendable {}

/// The other end's address, as a text for the log.
func peerName(_ channel: any Channel) -> String {
    guard let address = channel.remoteAddress else { return "unknown" }
    return "\(address.ipAddress ?? "?"):\(address.port ?? 0)"
}

/// The connections of a listener, with their bound.
private final class SessionRegister: Sendable {
    private let limit: Int
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    init(limit: Int) { self.limit = limit }

    var count: Int { channels.withLock { $0.count } }
    var all: [any Channel] { channels.withLock { Array($0.values) } }

    /// False where the bound is reached.
    func admit(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let admitted = channels.withLock { channels in
            guard channels.count < limit else { return false }
            channels[id] = channel
            return true
        }
        if admitted {
            channel.closeFuture.whenComplete { [weak self] _ in
                self?.channels.withLock { $0[id] = nil }
            }
        }
        return admitted
    }
}
