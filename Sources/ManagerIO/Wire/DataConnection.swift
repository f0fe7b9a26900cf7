import AdminProtocol
import ClusterModel
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// The receiving manager's end of a data connection.
struct DataConnection: Sendable {
    let channel: any Channel
    let relay: DataRelay

    /// Connects, says `token`, and lets everything that comes flow into `descriptor`, which becomes its own.
    static func open(
        to target: PeerTarget, token: String, into descriptor: Int32
    ) async throws(Refusal) -> DataConnection {
        var isOwned = false
        do {
            let context = try target.certificates.clientContext(protocols: [ProtocolLimits.dataALPN])
            let relay = DataRelay()
            let opened = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
            // However this ends, nobody waits for it any more.
            defer { opened.fail(CancellationError()) }
            let channel = try await ClientBootstrap(group: opened.futureResult.eventLoop)
                .connectTimeout(.seconds(5))
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .connect(host: target.address, port: target.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: target.host.description))
                        try pipeline.addHandler(DataOpening(target.host, opened))
                        return channel
                    }
                }
            do {
                try await opened.futureResult.get()
                isOwned = true
                try await join(channel, to: descriptor, relay)
                // Only now: what comes must have somewhere to go.
                try await channel.writeAndFlush(ByteBuffer(string: token + "\n"))
            } catch {
                channel.close(promise: nil)
                throw error
            }
            return DataConnection(channel: channel, relay: relay)
        } catch {
            if !isOwned { Glibc.close(descriptor) }
            if let refusal = error as? Refusal { throw refusal }
            throw Refusal(
                .hostUnreachable,
                "no data connection to the manager of \(target.host) (\(target.address):\(target.port)): \(error)"
            )
        }
    }

    private static func join(
        _ channel: any Channel, to descriptor: Int32, _ relay: DataRelay
    ) async throws {
        // The pipe's channel owns the descriptor from here on, and closes it where it cannot be made.
        _ = try await NIOPipeBootstrap(group: channel.eventLoop)
            .takingOwnershipOfDescriptor(output: descriptor) { pipe in
                channel.eventLoop.makeCompletedFuture {
                    let ends = relay.ends()
                    try pipe.pipeline.syncOperations.addHandler(ends.sink)
                    try channel.pipeline.syncOperations.addHandler(ends.source)
                }
            }
    }

    func close() { channel.close(promise: nil) }
}

extension DataRelay {
    /// Sends all that comes out of `descriptor`, which becomes its own, over a data connection that has arrived.
    func send(_ descriptor: Int32, over channel: any Channel) async throws(Refusal) {
        do {
            _ = try await NIOPipeBootstrap(group: channel.eventLoop)
                .takingOwnershipOfDescriptor(input: descriptor) { pipe in
                    channel.eventLoop.makeCompletedFuture {
                        let ends = self.ends()
                        try channel.pipeline.syncOperations.addHandler(ends.sink)
                        try pipe.pipeline.syncOperations.addHandler(ends.source)
                    }
                }
        } catch {
            throw Refusal(.failed, "the data connection broke before it began: \(error)")
        }
    }
}

/// Waits for the handshake, and makes sure who is there.
private final class DataOpening: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let host: HostName
    private let opened: EventLoopPromise<Void>

    init(_ host: HostName, _ opened: EventLoopPromise<Void>) {
        self.host = host
        self.opened = opened
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let opened = opened
        let timer = context.eventLoop.scheduleTask(in: DataStreams.patience) {
            opened.fail(Refusal(.timedOut, "the data connection's handshake did not end in time"))
        }
        opened.futureResult.whenComplete { _ in timer.cancel() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(let spoken) = event {
            do throws(Refusal) {
                try CallerIdentity.check(context, isManagerOf: host)
                guard spoken == ProtocolLimits.dataALPN else {
                    throw Refusal(.versionMismatch, "the manager of \(host) knows no data connections")
                }
                opened.succeed()
            } catch {
                opened.fail(error)
                context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        opened.fail(Refusal(.hostUnreachable, "the manager of \(host) closed the data connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        opened.fail(error)
        context.fireErrorCaught(error)
    }
}
