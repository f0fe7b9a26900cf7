import AdminProtocol
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// Data connections from other managers, each waiting for the request that it belongs to, or the other way about.
///
/// A data connection comes to the manager's own port with the application protocol `cctrl-data/1` and a manager's
/// certificate. Its first line is the word that a request has agreed on; what follows is up to that request.
package final class DataStreams: Sendable {
    private struct State {
        var waiting: [String: EventLoopPromise<any Channel>] = [:]
        var arrived: [String: any Channel] = [:]
    }

    /// How long either side waits for the other.
    static let patience = TimeAmount.seconds(15)
    /// Bytes of the first line.
    static let longestWord = 128

    private let state = Mutex(State())

    package init() {}

    /// The connection that opens with `token`.
    func channel(_ token: String, on loop: any EventLoop) async throws(Refusal) -> any Channel {
        let promise = loop.makePromise(of: (any Channel).self)
        let ready = state.withLock { state in
            let ready = state.arrived.removeValue(forKey: token)
            if ready == nil { state.waiting[token] = promise }
            return ready
        }
        if let ready { promise.succeed(ready) }
        let timer = loop.scheduleTask(in: Self.patience) {
            promise.fail(Refusal(.timedOut, "the data connection did not come in time; nothing was sent"))
        }
        defer {
            timer.cancel()
            state.withLock { $0.waiting[token] = nil }
        }
        do {
            return try await promise.futureResult.get()
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(.internalError, "the data connection failed: \(error)")
        }
    }

    /// A connection has said its word; nothing is read from it until somebody takes it.
    fileprivate func arrived(_ token: String, _ channel: any Channel) {
        let promise = state.withLock { state in
            let promise = state.waiting.removeValue(forKey: token)
            if promise == nil { state.arrived[token] = channel }
            return promise
        }
        guard let promise else {
            channel.closeFuture.whenComplete { [weak self] _ in
                self?.state.withLock { $0.arrived[token] = nil }
            }
            channel.eventLoop.scheduleTask(in: Self.patience) { [weak self] in
                let isLeft = self?.state.withLock { $0.arrived.removeValue(forKey: token) != nil }
                if isLeft == true { channel.close(promise: nil) }
            }
            return
        }
        promise.succeed(channel)
    }
}

/// The listener's end of a data connection, until its first line has been read.
final class DataGreeting: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let streams: DataStreams
    private let log: Logger
    private var word: [UInt8] = []
    private var isKnown = false
    private var timer: Scheduled<Void>?

    init(_ streams: DataStreams, _ log: Logger) {
        self.streams = streams
        self.log = log
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: DataStreams.patience) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isKnown else { return }
        let bytes = Self.unwrapInboundIn(data)
        for byte in bytes.readableBytesView {
            guard byte != UInt8(ascii: "\n") else {
                isKnown = true
                timer?.cancel()
                return streams.arrived(String(decoding: word, as: UTF8.self), context.channel)
            }
            word.append(byte)
        }
        guard word.count > DataStreams.longestWord else { return }
        log.warning("a data connection did not say what it is for")
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.uncleanShutdown = error {
        } else {
            log.info("data connection broken", metadata: ["error": "\(error)"])
        }
        context.close(promise: nil)
    }
}
