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
    /// A request whose reply is not waited for, and the reply where it came beside another one.
    private var posted: (id: Int, reply: [UInt8]?)?

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
        } other: { _, _ in
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

    /// To watch for what comes while nothing is waited for.
    package var descriptor: Int32 { stream.descriptor }

    /// How a person ends a wait; nil where only the deadline does.
    package var interrupt: Interrupt? {
        get { stream.interrupt }
        set { stream.interrupt = newValue }
    }

    /// Sends one request and waits for its reply.
    ///
    /// - Parameters:
    ///   - limit: milliseconds to wait at most; nil for the connection's own patience.
    ///   - progress: takes each line of the running request as it comes.
    package func send<Call: AdminCall>(
        _ call: Call, limit: Int? = nil, progress: (String) -> Void
    ) throws(Refusal) -> Call.Reply {
        let changes = Call.access != .observer
        let deadline = Deadline(milliseconds: limit ?? patience.limit(for: call))
        lastID += 1
        return try Self.exchange(call, id: lastID, on: stream, by: deadline) { (failure: StreamFailure) in
            ConnectionAdvice.waiting(failure, at: endpoint, changes: changes)
        } progress: {
            progress($0)
        } other: { id, line in
            // Replies to requests that nobody waits for any more pass by.
            guard id == posted?.id else { return }
            if let line { posted?.reply = line } else { posted = nil }
        }
    }

    // MARK: replies that are not waited for

    /// Whether `post` was called and `takeReply` has not brought the reply.
    package var awaitsReply: Bool { posted != nil }

    /// Sends a request that only reads and whose reply `takeReply` brings; one at a time.
    package func post<Call: AdminCall>(_ call: Call) throws(Refusal) {
        lastID += 1
        let request = try FrameCodec.request(call, id: lastID)
        do throws(StreamFailure) {
            try stream.write(request + [UInt8(ascii: "\n")], by: Deadline(milliseconds: 1000))
        } catch {
            throw ConnectionAdvice.waiting(error, at: endpoint, changes: false)
        }
        posted = (lastID, nil)
    }

    /// The reply to the last `post`, where it has come; never waits.
    package func takeReply<Reply: Codable>(as type: Reply.Type) throws(Refusal) -> Reply? {
        while let (id, kept) = posted {
            if let kept {
                posted = nil
                return try FrameCodec.result(of: type, in: kept)
            }
            let line: [UInt8]?
            do throws(StreamFailure) {
                line = try stream.takeLine()
            } catch {
                throw ConnectionAdvice.waiting(error, at: endpoint, changes: false)
            }
            guard let line else { return nil }
            switch try FrameCodec.readReply(line) {
            case .result(let answered, let line): if answered == id { posted = (id, line) }
            case .refusal(let answered, let refusal):
                guard answered == id else { continue }
                posted = nil
                throw refusal
            case .progress, .other: continue
            }
        }
        return nil
    }

    private static func exchange<Call: AdminCall>(
        _ call: Call, id: Int, on stream: TLSStream, by deadline: Deadline,
        explain: (StreamFailure) -> Refusal,
        progress: (String) -> Void, other: (Int, [UInt8]?) -> Void
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
                if answered == id { return try FrameCodec.result(of: Call.Reply.self, in: line) }
                other(answered, line)
            case .refusal(let answered, let refusal):
                guard let answered, answered != id else { throw refusal }
                other(answered, nil)
            case .other: continue
            }
        }
    }
}
