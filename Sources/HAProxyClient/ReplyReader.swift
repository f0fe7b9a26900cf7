import NIOCore

/// Sends commands one at a time and collects each reply up to HAProxy's prompt.
///
/// Runs on the channel's event loop only.
final class ReplyReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Waiting {
        var command: String
        var promise: EventLoopPromise<String>
        var sent = false
    }

    /// A statistics table of thousands of servers stays far below this.
    private static let longestReply = 16 * 1024 * 1024

    private var queue: [Waiting] = []
    private var received = ByteBuffer()
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        fail("the session was closed")
    }

    /// The promise gets the reply without the prompt, or a `RouterError`.
    func send(_ command: String, promise: EventLoopPromise<String>) {
        guard context != nil else {
            promise.fail(RouterError.unreachable("the session was closed"))
            return
        }
        queue.append(Waiting(command: command, promise: promise))
        if queue.count == 1 { sendNext() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var chunk = Self.unwrapInboundIn(data)
        received.writeBuffer(&chunk)
        guard let first = queue.first, first.sent else {
            fail("it sent something without being asked")
            context.close(promise: nil)
            return
        }
        guard received.readableBytes <= Self.longestReply else {
            fail("its reply is longer than \(Self.longestReply) bytes")
            context.close(promise: nil)
            return
        }
        guard received.readableBytesView.suffix(3).elementsEqual("\n> ".utf8) else { return }
        let reply = received.readString(length: received.readableBytes - 3) ?? ""
        received.clear()
        queue.removeFirst()
        first.promise.succeed(reply)
        sendNext()
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("the router closed it")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail("\(error)")
        context.close(promise: nil)
    }

    private func sendNext() {
        guard let context, let next = queue.first else { return }
        queue[0].sent = true
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: next.command + "\n")), promise: nil)
    }

    /// Only the first command can have been seen by the router.
    private func fail(_ why: String) {
        let waiting = queue
        queue = []
        for one in waiting {
            one.promise.fail(
                one.sent ? RouterError.lost(command: one.command, why) : RouterError.unreachable(why))
        }
    }
}
