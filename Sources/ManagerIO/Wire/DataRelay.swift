import NIOCore
import Synchronization

/// Moves bytes from one channel to another as fast as the slower of the two, and ends both when one ends.
///
/// Both channels must be of one event loop.
final class DataRelay: Sendable {
    /// Bytes that have gone through.
    private let count = Mutex<Int64>(0)
    private let cutOff = Mutex(false)

    var bytes: Int64 { count.withLock { $0 } }

    /// Whether the receiving end closed before the source had ended: some bytes had nowhere to go.
    ///
    /// That a channel is not active does not tell: it is closed at the end of every source too.
    var isCutOff: Bool { cutOff.withLock { $0 } }

    /// Makes the two ends; each is added to the end of its channel's pipeline.
    func ends() -> (source: DataSource, sink: DataSink) {
        let source = DataSource(self)
        let sink = DataSink(self)
        source.sink = sink
        sink.source = source
        return (source, sink)
    }

    fileprivate func note(_ bytes: Int) { count.withLock { $0 += Int64(bytes) } }

    fileprivate func cut() { cutOff.withLock { $0 = true } }
}

/// Where the bytes come from.
final class DataSource: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let relay: DataRelay
    fileprivate var sink: DataSink?
    private var context: ChannelHandlerContext?
    private var readWanted = false

    fileprivate init(_ relay: DataRelay) { self.relay = relay }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        sink?.end()
        sink = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Self.unwrapInboundIn(data)
        relay.note(bytes.readableBytes)
        sink?.take(bytes)
    }

    func channelReadComplete(context: ChannelHandlerContext) { sink?.flush() }

    /// Nothing more is read while the other end is full.
    func read(context: ChannelHandlerContext) {
        if sink?.isWritable ?? true { context.read() } else { readWanted = true }
    }

    func channelInactive(context: ChannelHandlerContext) {
        sink?.end()
        sink = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    fileprivate func goOn() {
        guard readWanted else { return }
        readWanted = false
        context?.read()
    }

    fileprivate func close() { context?.close(promise: nil) }
}

/// Where they go to.
final class DataSink: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let relay: DataRelay
    fileprivate var source: DataSource?
    private var context: ChannelHandlerContext?
    private var isEnding = false

    fileprivate init(_ relay: DataRelay) { self.relay = relay }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        endSource()
    }

    private func endSource() {
        if !isEnding { relay.cut() }
        source?.close()
        source = nil
    }

    fileprivate func take(_ bytes: ByteBuffer) { context?.write(Self.wrapOutboundOut(bytes), promise: nil) }

    fileprivate func flush() { context?.flush() }

    /// Lets the last bytes out, then closes.
    fileprivate func end() {
        guard let context, !isEnding else { return }
        isEnding = true
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nothing is expected from that side.
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { source?.goOn() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        endSource()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
