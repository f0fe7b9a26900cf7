import AdminProtocol
import NIOCore
import NIOPosix
import NIOSSL
import ServerHarness

@testable import ManagerIO

/// A client that sends what it is told, right or wrong, and gives back lines.
final class TestClient: Sendable {
    let channel: any Channel
    private let lines: AsyncStream<String>

    struct Options: Sendable {
        /// Nil shows no certificate.
        var certificate: String? = "operator"
        var authority = "ca"
        var highest = TLSVersion.tlsv13
        var protocols = [ProtocolLimits.alpn]
    }

    init(_ server: TestManager, _ change: (inout Options) -> Void = { _ in }) async throws {
        var options = Options()
        change(&options)
        var tls = TLSConfiguration.makeClientConfiguration()
        let files = server.certificates
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(files.path(options.authority)))
        tls.maximumTLSVersion = options.highest
        tls.applicationProtocols = options.protocols
        tls.shutdownTimeout = .milliseconds(200)
        if let name = options.certificate {
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(files.path(name)).map {
                .certificate($0)
            }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: files.key(name), format: .pem))
        }
        let context = try NIOSSLContext(configuration: tls)
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: "east1"))
                    try pipeline.addHandler(LineCollector(continuation))
                }
            }
            .connect(host: server.address, port: server.listener.port).get()
    }

    deinit { channel.close(promise: nil) }

    func send(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

    func send<Call: AdminCall>(_ call: Call, id: Int) throws {
        send(String(decoding: try FrameCodec.request(call, id: id), as: UTF8.self) + "\n")
    }

    /// From now on nothing is taken from the connection.
    func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

    /// The next line; nil at the connection's end.
    /// - Throws: where neither comes in time.
    func line(within limit: Duration = .seconds(20)) async throws -> String? {
        try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask { [lines] in
                for await line in lines { return line }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: limit)
                throw HarnessError("no line within \(limit)")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    func reply() async throws -> FrameCodec.Incoming {
        guard let line = try await line() else { throw HarnessError("the session was closed") }
        return try FrameCodec.readReply(Array(line.utf8))
    }

    func refusal() async throws -> Refusal {
        guard case .refusal(_, let refusal) = try await reply() else { throw HarnessError("not refused") }
        return refusal
    }

    /// Greets, and returns the welcome.
    @discardableResult
    func hello(versions: [Int] = ProtocolLimits.versions) async throws -> Welcome {
        try send(HelloCall(client: "test", versions: versions), id: 0)
        switch try await reply() {
        case .result(_, let line): return try FrameCodec.result(of: Welcome.self, in: line)
        case .refusal(_, let refusal): throw refusal
        default: throw HarnessError("no welcome")
        }
    }

    /// Whether the server ends the connection, whatever it says before.
    func isClosed(within limit: Duration = .seconds(20)) async throws -> Bool {
        while try await line(within: limit) != nil {}
        return true
    }
}

/// Gives out lines; the stream ends with the connection.
final class LineCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private var buffer = LineBuffer(longest: 16 * 1024 * 1024)
    private let lines: AsyncStream<String>.Continuation

    init(_ lines: AsyncStream<String>.Continuation) { self.lines = lines }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var chunk = Self.unwrapInboundIn(data)
        buffer.append(&chunk)
        while case .line(let line) = buffer.next() { lines.yield(String(decoding: line, as: UTF8.self)) }
    }

    func channelInactive(context: ChannelHandlerContext) { lines.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
