import AdminProtocol
import ClusterModel

/// One session with a manager: connected, encrypted, introduced.
package final class AdminConnection {
    package let endpoint: Endpoint
    /// The manager's answer to our hello.
    package private(set) var welcome: Welcome
    private let stream: TLSStream
    private let patience: Patience
    private var lastID: Int

    /// - Throws: a refusal with a hint: no manager, a certificate that is not accepted, or another version of
    ///   the protocol.
    package init(
        to endpoint: Endpoint, context: TLSContext, identity: Identity, patience: Patience,
        interrupt: Interrupt? = nil
    ) throws(Refusal) {
        let deadline = Deadline(milliseconds: patience.connect)
        let hello = HelloCall(client: "\(Product.name) \(Product.version)")
        let stream: TLSStream
        let welcome: Welcome
        do throws(StreamFailure) {
            stream = try TLSStream(context, to: endpoint, by: deadline, interrupt)
        } catch {
            throw ConnectionAdvice.connecting(error, to: endpoint, as: identity)
        }
        // The manager's opinion of our certificate comes with the first read.
        welcome = try Self.exchange(hello, id: 1, on: stream, by: deadline) { (failure: StreamFailure) in
            ConnectionAdvice.connecting(failure, to: endpoint, as: identity)
        } progress: { _ in
        }
        guard ProtocolLimits.versions.contains(welcome.protocolVersion) else {
            throw Refusal(
                .versionMismatch,
                "the manager of \(endpoint) speaks protocol version \(welcome.protocolVersion), "
                    + "which this cctrl does not",
                hint: "use the cctrl of version \(welcome.version)")
        }
        self.endpoint = endpoint
        self.stream = stream
        self.welcome = welcome
        self.patience = patience
        lastID = 1
    }

    /// Whether the manager still holds the session, as far as can be seen without asking.
    package var isOpen: Bool { stream.isOpen }

    /// Sends one request and waits for its reply.
    ///
    /// - Parameters:
    ///   - limit: milliseconds to wait at most; nil for the connection's own patience.
    ///   - progress: takes each line of the running request as it comes.
    package func send<Call: AdminCall>(
        _ call: Call, limit: Int? = nil, progress: (String) -> Void
    ) throws(Refusal) -> Call.Reply {
        let changes = Call.access != .observer
        let deadline = Deadline(milliseconds: limit ?? (changes ? patience.changing : patience.reading))
        lastID += 1
        return try Self.exchange(call, id: lastID, on: stream, by: deadline) { (failure: StreamFailure) in
            ConnectionAdvice.waiting(failure, at: endpoint, changes: changes)
        } progress: {
            progress($0)
        }
    }

    private static func exchange<Call: AdminCall>(
        _ call: Call, id: Int, on stream: TLSStream, by deadline: Deadline,
        explain: (StreamFailure) -> Refusal,
        progress: (String) -> Void
    ) throws(Refusal) -> Call.Reply {
        let request = try FrameCodec.request(call, id: id)
        do throws(StreamFailure) {
            try stream.write(request + [UInt8(ascii: "\n")], by: deadline)
        } catch {
            throw explain(error)
        }
        while true {
            let line: [UInt8]
            do throws(StreamFailure) {
                line = try stream.readLine(by: deadline)
            } catch {
                throw explain(error)
            }
            switch try FrameCodec.readReply(line) {
            case .progress(let step): if step.request == id { progress(step.line) }
            case .result(let answered, let line):
                // Replies to requests that nobody waits for any more pass by.
                if answered == id { return try FrameCodec.result(of: Call.Reply.self, in: line) }
            case .refusal(let answered, let refusal):
                if answered == nil || answered == id { throw refusal }
            case .other: continue
            }
        }
    }
}
