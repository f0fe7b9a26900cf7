import AdminProtocol
import Logging
import Manager
import NIOCore
import NIOSSL
import NIOTLS
import WorkLoop

/// One client's connection, after TLS: lines in, lines out, within bounds.
///
/// Runs on the channel's event loop only; requests run in tasks of their own and come back to it.
final class AdminSession: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// TLS is being negotiated.
        case handshake
        /// The caller is known; its `session.hello` has not come.
        case greeting(Caller)
        case open(Caller)
        /// Nothing more is read; the last lines are on their way out.
        case closing
    }

    private let service: any AdminService
    private let limits: SessionLimits
    private let streams: DataStreams
    private let complaints: RepeatedComplaints
    private var log: Logger
    private var phase = Phase.handshake
    private var lines: LineBuffer
    private var running = RunningRequests()
    private var badLines = 0
    private var unreadBytes = 0
    private var readWanted = false
    private var endWhenIdle = false
    private var helloTimer: Scheduled<Void>?
    private var idleTimer: Scheduled<Void>?
    private var lineTimer: Scheduled<Void>?
    private var stallTimer: Scheduled<Void>?

    init(
        service: any AdminService, limits: SessionLimits, streams: DataStreams,
        complaints: RepeatedComplaints,
        log: Logger
    ) {
        self.streams = streams
        self.complaints = complaints
        self.service = service
        self.limits = limits
        self.log = log
        lines = LineBuffer(longest: limits.requestBytes)
    }

    // MARK: the connection's life

    func channelActive(context: ChannelHandlerContext) {
        log[metadataKey: "peer"] = "\(peerName(context.channel))"
        helloTimer = after(limits.hello, context) { $0.helloIsLate($1) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        for timer in [helloTimer, idleTimer, lineTimer, stallTimer] { timer?.cancel() }
        running.cancelAll()
        if case .handshake = phase { log.debug("connection ended before the handshake") }
        if let caller { log.info("session closed", metadata: ["caller": "\(caller.name)"]) }
        phase = .closing
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted(ProtocolLimits.dataALPN): becomeDataConnection(context)
        case TLSUserEvent.handshakeCompleted: handshakeIsDone(context)
        case is SessionShouldEnd:
            endWhenIdle = true
            if running.isEmpty { end(context) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (phase, error) {
        case (.handshake, _):
            // Who only looks whether somebody listens says nothing.
            let isLook = "\(error)".contains("EOF during handshake")
            let peer = context.channel.remoteAddress?.ipAddress ?? "?"
            let isNew = !isLook && complaints.isNew("\(peer): \(error)")
            log.log(
                level: isNew ? .warning : .debug, "handshake failed", metadata: ["error": "\(error)"])
        case (_, NIOSSLError.uncleanShutdown):
            log.debug("the client ended without closing TLS")
        default:
            log.info("connection broken", metadata: ["error": "\(error)"])
        }
        context.close(promise: nil)
    }

    private var caller: Caller? {
        switch phase {
        case .greeting(let caller), .open(let caller): caller
        case .handshake, .closing: nil
        }
    }

    private func handshakeIsDone(_ context: ChannelHandlerContext) {
        do {
            let found = try CallerIdentity.caller(of: context)
            phase = .greeting(found)
            log[metadataKey: "caller"] = "\(found.name)"
            log[metadataKey: "role"] = "\(found.role.rawValue)"
        } catch {
            log.warning("certificate refused", metadata: ["error": "\(error.message)"])
            refuse(error, id: nil, context)
            end(context)
        }
    }

    /// Leaves the connection to who waits for data from it; only other managers may have one.
    private func becomeDataConnection(_ context: ChannelHandlerContext) {
        do {
            let found = try CallerIdentity.caller(of: context)
            guard found.role == .manager else {
                throw Refusal(.notPermitted, "data connections are for managers")
            }
            helloTimer?.cancel()
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(DataGreeting(streams, log), position: .after(self))
            pipeline.removeHandler(context: context, promise: nil)
        } catch {
            log.warning("data connection refused", metadata: ["error": "\(error)"])
            context.close(promise: nil)
        }
    }

    private func helloIsLate(_ context: ChannelHandlerContext) {
        switch phase {
        case .handshake:
            log.warning("handshake not finished in time")
            context.close(promise: nil)
        case .greeting:
            log.warning("no session.hello in time")
            refuse(
                Refusal(.helloNeeded, "no session.hello came in time; the session is closed"), id: nil,
                context)
            end(context)
        case .open, .closing: return
        }
    }

    /// Lets the last lines out, then closes.
    private func end(_ context: ChannelHandlerContext) {
        phase = .closing
        running.cancelAll()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            bound.value.close(promise: nil)
        }
        // A client that does not read does not keep the connection open.
        stallTimer?.cancel()
        stallTimer = after(.seconds(2), context) { $1.close(promise: nil) }
    }

    // MARK: lines in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .closing = phase { return }
        var chunk = Self.unwrapInboundIn(data)
        lines.append(&chunk)
        while true {
            if case .closing = phase { return }
            switch lines.next() {
            case .line(let line): received(line, context)
            case .incomplete:
                watchLine(context)
                return
            case .tooLong:
                log.warning("line too long")
                refuse(
                    Refusal(
                        .frameTooLarge,
                        "a line is longer than \(limits.requestBytes) bytes; the session is closed"),
                    id: nil, context)
                end(context)
            }
        }
    }

    /// A line that has begun must end in time.
    private func watchLine(_ context: ChannelHandlerContext) {
        guard lines.holdsPart else {
            lineTimer?.cancel()
            lineTimer = nil
            return
        }
        guard lineTimer == nil else { return }
        lineTimer = after(limits.line, context) { session, context in
            session.log.warning("line not finished in time")
            session.refuse(
                Refusal(.parseError, "a line was begun and not ended in time; the session is closed"),
                id: nil,
                context)
            session.end(context)
        }
    }

    private func received(_ line: [UInt8], _ context: ChannelHandlerContext) {
        lineTimer?.cancel()
        lineTimer = nil
        do {
            let request = try FrameCodec.readRequest(line)
            switch phase {
            case .greeting(let caller): greet(request, caller, context)
            case .open(let caller): start(request, caller, context)
            case .handshake, .closing: return
            }
        } catch {
            badLine(error.refusal, id: error.id, context)
        }
    }

    private func badLine(_ refusal: Refusal, id: Int?, _ context: ChannelHandlerContext) {
        badLines += 1
        refuse(refusal, id: id, context)
        guard badLines >= limits.badLines else { return }
        log.warning("too many bad lines")
        end(context)
    }

    private func greet(_ request: FrameCodec.Request, _ caller: Caller, _ context: ChannelHandlerContext) {
        guard request.method == HelloCall.method else {
            badLine(
                Refusal(
                    .helloNeeded, "the first request must be \(HelloCall.method), not \(request.method)"),
                id: request.id, context)
            return
        }
        do throws(Refusal) {
            let hello = try request.parameters(as: HelloCall.self)
            guard hello.versions.contains(where: ProtocolLimits.versions.contains) else {
                let spoken = ProtocolLimits.versions.map { "\($0)" }.joined(separator: ", ")
                throw Refusal(
                    .versionMismatch, "this manager speaks version \(spoken) of the protocol",
                    hint: "use a client of the same release as the manager")
            }
            let welcome = try service.welcome(hello, for: caller)
            write(try FrameCodec.result(welcome, id: request.id), context)
            phase = .open(caller)
            helloTimer?.cancel()
            log.info("session opened", metadata: ["client": "\(hello.client.prefix(64))"])
            restartIdleTimer(context)
        } catch {
            log.warning("session.hello refused", metadata: ["error": "\(error.message)"])
            refuse(error, id: request.id, context)
            if error.code == .versionMismatch || error.code == .notPermitted { end(context) }
        }
    }

    // MARK: requests

    private func start(_ request: FrameCodec.Request, _ caller: Caller, _ context: ChannelHandlerContext) {
        let id = request.id
        guard request.method != HelloCall.method else {
            return badLine(
                Refusal(.invalidRequest, "\(HelloCall.method) was answered already"), id: id, context)
        }
        guard !running.contains(id) else {
            return badLine(
                Refusal(.invalidRequest, "a request with the id \(id) is running"), id: id, context)
        }
        if request.method == CancelCall.method { return cancel(request, context) }
        guard running.count < limits.concurrentRequests else {
            let most = limits.concurrentRequests
            return refuse(
                Refusal(
                    .tooManyRequests, "\(most) requests of this session are running; this one was not started"
                ),
                id: id, context)
        }
        idleTimer?.cancel()
        let loop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: loop)
        let service = self.service
        running.add(
            id,
            Task(executorPreference: WorkLoop.shared) {
                let reply = await service.answer(request, from: caller) { line in
                    loop.execute { bound.value.0.report(line, of: id, bound.value.1) }
                }
                loop.execute { bound.value.0.finished(id, with: reply, bound.value.1) }
            })
    }

    /// Cancels a running request: what that means for its work, the service decides, as where the caller goes away.
    private func cancel(_ request: FrameCodec.Request, _ context: ChannelHandlerContext) {
        do throws(Refusal) {
            let call = try request.parameters(as: CancelCall.self)
            let reply = Cancelled(cancelled: running.cancel(call.request))
            write(try FrameCodec.result(reply, id: request.id), context)
        } catch {
            refuse(error, id: request.id, context)
        }
    }

    private func report(_ line: String, of id: Int, _ context: ChannelHandlerContext) {
        guard running.contains(id) else { return }
        do {
            write(try FrameCodec.progress(Progress(request: id, line: line)), context)
        } catch {
            log.error("progress cannot be written", metadata: ["error": "\(error.message)"])
        }
    }

    private func finished(_ id: Int, with reply: [UInt8], _ context: ChannelHandlerContext) {
        guard running.remove(id) else { return }
        if reply.count > limits.replyBytes || reply.isEmpty {
            log.error("reply of \(reply.count) bytes not sent")
            refuse(
                Refusal(.internalError, "the reply would have \(reply.count) bytes, which is not allowed"),
                id: id,
                context)
        } else {
            write(reply, context)
        }
        if running.isEmpty {
            if endWhenIdle { end(context) } else { restartIdleTimer(context) }
        }
    }

    private func restartIdleTimer(_ context: ChannelHandlerContext) {
        idleTimer?.cancel()
        idleTimer = after(limits.idle, context) { session, context in
            session.log.info("session idle for too long")
            session.end(context)
        }
    }

    // MARK: lines out

    private func refuse(_ refusal: Refusal, id: Int?, _ context: ChannelHandlerContext) {
        write(FrameCodec.refusal(refusal, id: id), context)
    }

    private func write(_ line: [UInt8], _ context: ChannelHandlerContext) {
        if case .closing = phase { return }
        var out = context.channel.allocator.buffer(capacity: line.count + 1)
        out.writeBytes(line)
        out.writeInteger(UInt8(ascii: "\n"))
        let size = out.readableBytes
        unreadBytes += size
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.writeAndFlush(Self.wrapOutboundOut(out)).whenComplete { _ in bound.value.unreadBytes -= size }
        guard unreadBytes > limits.unreadBytes else { return }
        log.warning("client does not read", metadata: ["bytes": "\(unreadBytes)"])
        end(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        defer { context.fireChannelWritabilityChanged() }
        if case .closing = phase { return }
        stallTimer?.cancel()
        stallTimer = nil
        if context.channel.isWritable {
            if readWanted {
                readWanted = false
                context.read()
            }
        } else {
            stallTimer = after(limits.stall, context) { session, context in
                session.log.warning("client does not read")
                session.end(context)
            }
        }
    }

    /// Requests are not read while the client leaves replies unread.
    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable { context.read() } else { readWanted = true }
    }

    private func after(
        _ time: TimeAmount, _ context: ChannelHandlerContext,
        _ action: @escaping @Sendable (AdminSession, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: time) { action(bound.value.0, bound.value.1) }
    }
}
