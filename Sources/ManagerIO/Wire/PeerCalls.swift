import AdminProtocol
import ClusterModel
import Manager
import NIOCore
import NIOSSL
import NIOTLS

/// The client's end of a connection: sends lines, and gives each reply to the call that waits for it.
///
/// Runs on the channel's event loop only.
final class PeerCalls: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Waiting {
        /// Gets the reply's line, or a `Refusal`.
        var promise: EventLoopPromise<[UInt8]>
        var progress: (@Sendable (String) -> Void)?
        /// What the call's end without a reply means.
        var lost: @Sendable (String) -> Refusal
    }

    /// The host whose manager must be at the other end.
    private let host: HostName
    private var waiting: [Int: Waiting] = [:]
    private var lines = LineBuffer(longest: ProtocolLimits.replyBytes)
    private var context: ChannelHandlerContext?
    private var trouble = "the manager closed the connection"

    init(host: HostName) { self.host = host }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        failAll()
    }

    func send(_ line: [UInt8], id: Int, _ call: Waiting) {
        guard let context, context.channel.isActive else {
            call.promise.fail(Refusal(.hostUnreachable, trouble))
            return
        }
        waiting[id] = call
        write(line, context)
    }

    /// Sends a line whose reply nobody waits for.
    func send(_ line: [UInt8]) {
        guard let context, context.channel.isActive else { return }
        write(line, context)
    }

    private func write(_ line: [UInt8], _ context: ChannelHandlerContext) {
        var out = context.channel.allocator.buffer(capacity: line.count + 1)
        out.writeBytes(line)
        out.writeInteger(UInt8(ascii: "\n"))
        context.writeAndFlush(Self.wrapOutboundOut(out), promise: nil)
    }

    /// Nobody waits for `id` any more; its reply will be dropped.
    func forget(_ id: Int) { waiting[id] = nil }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            do throws(Refusal) {
                try CallerIdentity.check(context, isManagerOf: host)
            } catch {
                fail(error.message, context)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Nothing more is believed of the other end.
    private func fail(_ why: String, _ context: ChannelHandlerContext) {
        trouble = why
        failAll()
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var chunk = Self.unwrapInboundIn(data)
        lines.append(&chunk)
        while true {
            switch lines.next() {
            case .line(let line): received(line, context)
            case .incomplete: return
            case .tooLong:
                return fail("the manager sent a line that is too long", context)
            }
        }
    }

    private func received(_ line: [UInt8], _ context: ChannelHandlerContext) {
        do {
            switch try FrameCodec.readReply(line) {
            case .progress(let progress): waiting[progress.request]?.progress?(progress.line)
            case .result(let id, let line): waiting.removeValue(forKey: id)?.promise.succeed(line)
            case .refusal(let id?, let refusal): waiting.removeValue(forKey: id)?.promise.fail(refusal)
            case .refusal(nil, let refusal): trouble = refusal.message
            case .other: return
            }
        } catch {
            fail(error.message, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        failAll()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The first trouble is the cause of those that follow.
        if case NIOSSLError.uncleanShutdown = error {} else { trouble = "\(error)" }
        context.close(promise: nil)
    }

    private func failAll() {
        let lost = waiting
        waiting = [:]
        for call in lost.values { call.promise.fail(call.lost(trouble)) }
    }
}
