import AdminProtocol
import ClusterModel
import NIOCore
import NIOPosix
import NIOSSL
import WorkLoop

/// A kept connection to another manager, over which many calls run at once.
///
/// It is made when it is first needed and again by the next call after it broke; a call is never sent twice.
package actor PeerConnection {
    package nonisolated let target: PeerTarget
    private let client: String
    private let tls: RenewableContext
    private var session: Session?
    private var connecting: Task<Session, any Error>?
    private var lastID = 0

    /// The most that making a connection may take, hello included.
    private let connectLimit: Duration

    private struct Session {
        var channel: any Channel
        var calls: NIOLoopBound<PeerCalls>
        var welcome: Welcome?
    }

    /// Connects to nothing yet.
    /// - Parameter client: the program that calls, for the other side's log.
    package init(
        _ target: PeerTarget, client: String = "\(Product.name)-manager \(Product.version)",
        connectLimit: Duration = .seconds(1)
    ) {
        self.target = target
        self.connectLimit = connectLimit
        self.client = client
        tls = RenewableContext(target.certificates) { (files) throws(WireError) in
            try files.clientContext()
        }
    }

    /// The reply to one call.
    ///
    /// Connecting counts towards the deadline.
    ///
    /// - Parameter caller: who has asked this manager, where the call is passed on.
    /// - Throws: the other side's refusal; `hostUnreachable` where the call was not sent (or only reads); `timedOut`
    ///   where a call that only reads got no reply in time; `outcomeUnknown` where one that changes something was
    ///   sent and got no reply.
    package func call<Call: AdminCall>(
        _ call: Call, for caller: String? = nil, deadline: Duration = .seconds(2),
        progress: (@Sendable (String) -> Void)? = nil
    ) async throws(Refusal) -> Call.Reply {
        let end = NIODeadline.now() + TimeAmount(deadline)
        let line = try await reply(to: call, for: caller, until: end, progress)
        return try FrameCodec.result(of: Call.Reply.self, in: line)
    }

    /// What the other manager said of itself when the connection was made; connects where there is none.
    package func welcome(deadline: Duration = .seconds(1)) async throws(Refusal) -> Welcome {
        do {
            guard let welcome = try await connected(until: .now() + TimeAmount(deadline)).welcome else {
                throw Refusal(.internalError, "a connection without welcome")
            }
            return welcome
        } catch {
            throw asRefusal(error)
        }
    }

    /// Closes the connection; the next call makes a new one.
    package func close() {
        connecting?.cancel()
        session?.channel.close(promise: nil)
        session = nil
    }

    // MARK: calls

    private func reply<Call: AdminCall>(
        to call: Call, for caller: String?, until end: NIODeadline,
        _ progress: (@Sendable (String) -> Void)?
    ) async throws(Refusal) -> [UInt8] {
        lastID += 1
        let id = lastID
        let line = try FrameCodec.request(call, id: id, caller: caller)
        var cancel: [UInt8]?
        if call.endsWithCaller {
            lastID += 1
            cancel = try FrameCodec.request(CancelCall(request: id), id: lastID)
        }
        do {
            let session = try await connected(until: end)
            return try await Self.send(
                line, id: id, over: session, until: end, progress, method: Call.method,
                reads: Call.access == .observer, host: target.host, cancel: cancel)
        } catch {
            throw asRefusal(error)
        }
    }

    private static func send(
        _ line: [UInt8], id: Int, over session: Session, until end: NIODeadline,
        _ progress: (@Sendable (String) -> Void)?, method: String, reads: Bool, host: HostName,
        cancel: [UInt8]? = nil
    ) async throws -> [UInt8] {
        let loop = session.channel.eventLoop
        let promise = loop.makePromise(of: [UInt8].self)
        @Sendable func unknown(_ why: String) -> Refusal {
            Refusal(
                .outcomeUnknown,
                "\(method) was sent to the manager of \(host), and \(why): it may have been done",
                hint: "ls shows what is")
        }
        let lost: @Sendable (String) -> Refusal = { why in
            reads
                ? Refusal(.hostUnreachable, "the connection to the manager of \(host) broke: \(why)")
                : unknown(why)
        }
        let late =
            reads
            ? Refusal(.timedOut, "the manager of \(host) did not answer \(method) in time")
            : unknown("no answer came in time")
        return try await withTaskCancellationHandler {
            loop.execute {
                let timer = loop.scheduleTask(deadline: end) { promise.fail(late) }
                promise.futureResult.whenComplete { _ in
                    timer.cancel()
                    session.calls.value.forget(id)
                }
                session.calls.value.send(
                    line, id: id, PeerCalls.Waiting(promise: promise, progress: progress, lost: lost))
            }
            return try await promise.futureResult.get()
        } onCancel: {
            // Work that ends with its caller must hear of that; its reply will be dropped.
            if let cancel { loop.execute { session.calls.value.send(cancel) } }
            promise.fail(
                reads ? Refusal(.timedOut, "the call was cancelled") : unknown("the wait was cancelled"))
        }
    }

    // MARK: connecting

    private func connected(until end: NIODeadline) async throws -> Session {
        if let session, session.channel.isActive { return session }
        session = nil
        if let connecting { return try await connecting.value }
        let context = try clientContext()
        let limit = min(end, .now() + TimeAmount(connectLimit))
        let task = Task { [target, client] in
            try await Self.connect(to: target, as: client, context, until: limit)
        }
        connecting = task
        defer { connecting = nil }
        let fresh = try await task.value
        session = fresh
        return fresh
    }

    private func clientContext() throws(Refusal) -> NIOSSLContext {
        do {
            return try tls.current()
        } catch {
            throw Refusal(.badCertificate, error.description)
        }
    }

    private static func connect(
        to target: PeerTarget, as client: String, _ context: NIOSSLContext, until end: NIODeadline
    ) async throws -> Session {
        let name = target.host.description
        let group = WorkLoop.shared.group
        var session = try await ClientBootstrap(group: group)
            .connectTimeout(max(.milliseconds(1), end - .now()))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .connect(host: target.address, port: target.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let calls = PeerCalls(host: target.host)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                    try pipeline.addHandler(calls)
                    return Session(channel: channel, calls: NIOLoopBound(calls, eventLoop: channel.eventLoop))
                }
            }
        let channel = session.channel
        do {
            // The hello waits behind the handshake by itself.
            let hello = try FrameCodec.request(HelloCall(client: client), id: 0)
            let reply = try await send(
                hello, id: 0, over: session, until: end, nil, method: HelloCall.method, reads: true,
                host: target.host)
            session.welcome = try FrameCodec.result(of: Welcome.self, in: reply)
        } catch {
            channel.close(promise: nil)
            // The call that wanted the connection has not been sent.
            guard let refusal = error as? Refusal, refusal.code == .timedOut else { throw error }
            throw Refusal(.hostUnreachable, "the manager of \(name) did not answer in time for a connection")
        }
        return session
    }

    private func asRefusal(_ error: any Error) -> Refusal {
        if let refusal = error as? Refusal { return refusal }
        return Refusal(
            .hostUnreachable,
            "the manager of \(target.host) (\(target.address):\(target.port)) cannot be reached: \(error)"
        )
    }
}
