import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
import NIOPosix
import NIOSSL
import WorkLoop

extension EtcdClient {
    /// The largest reply that is read.
    private static let longestReply = 64 * 1024 * 1024
    /// The least time that one endpoint gets to answer, so that a slow but working cluster is not given up.
    private static let leastShare: Duration = .milliseconds(300)

    /// One call, on as many endpoints as the deadline allows.
    func call<Request: Encodable, Reply: Decodable>(
        _ method: String, _ request: Request, _ deadline: Duration, repeatable: Bool, only: String? = nil
    ) async throws(EtcdError) -> Reply {
        let clock = ContinuousClock()
        let end = clock.now + deadline
        let body = try Self.encode(request)
        let endpoints = only.map { [$0] } ?? preferred.order(target.endpoints, triesFirst: repeatable)
        // A member that waits for a new leader holds a request for seconds: only asking again helps.
        let share = repeatable ? max(Self.leastShare, deadline / 3) : deadline
        var turn = 0
        var failure = EtcdError.timeout
        // A leader that hands its role on is done with that in a moment; everybody may ask again.
        var isHandedOn = false
        while clock.now < end && (repeatable || isHandedOn || turn < endpoints.count) {
            let endpoint = endpoints[turn % endpoints.count]
            turn += 1
            isHandedOn = false
            let attempt = await post(endpoint, method, body, within: min(share, end - clock.now))
            if only == nil, attempt.blamesMember { preferred.leave(endpoint, of: target.endpoints) }
            switch attempt {
            case .reply(let reply):
                if only == nil { preferred.stay(endpoint, of: target.endpoints) }
                return try Self.decode(reply)
            case .notSent(let why): failure = .unreachable("\(endpoint): \(why)")
            case .silent:
                guard repeatable else { throw .unknownOutcome("\(endpoint) did not answer in time") }
                failure = .timeout
            case .broken(let why):
                guard repeatable else { throw .unknownOutcome("\(endpoint): \(why)") }
                failure = .unreachable("\(endpoint): \(why)")
            case .refused(.noLeader): failure = .noLeader
            case .refused(.handingOn):
                failure = .handingOn
                isHandedOn = true
            case .refused(.unknownOutcome) where repeatable: failure = .timeout
            case .refused(let error): throw error
            }
            if Task.isCancelled { break }
            // A starting member, or an election, needs a moment.
            if turn % endpoints.count == 0 { await pause(.milliseconds(50), before: end) }
        }
        throw failure
    }

    /// What one attempt at one endpoint came to.
    private enum Attempt {
        case reply(ByteBuffer)
        /// The request was not sent.
        case notSent(String)
        /// It was sent, and no answer came in time.
        case silent
        /// It may have been sent, and the connection ended.
        case broken(String)
        case refused(EtcdError)

        /// Whether another member may do better.
        var blamesMember: Bool {
            switch self {
            case .reply: false
            case .notSent, .silent, .broken: true
            case .refused(let error): error.blamesMember
            }
        }
    }

    private func post(
        _ endpoint: String, _ method: String, _ body: ByteBuffer, within limit: Duration
    ) async -> Attempt {
        var request = HTTPClientRequest(url: "\(endpoint)/v3/\(method)")
        request.method = .POST
        request.body = .bytes(body)
        let prepared = request
        do {
            return try await withDeadline(limit) { [http] in
                let response = try await http.execute(prepared, deadline: .now() + TimeAmount(limit))
                let reply = try await response.body.collect(upTo: Self.longestReply)
                return response.status == .ok
                    ? .reply(reply) : .refused(Self.error(in: reply, status: response.status))
            }
        } catch let error as HTTPClientError where error == .deadlineExceeded {
            return .silent
        } catch is DeadlinePassed {
            return .silent
        } catch {
            let text = (error as? HTTPClientError)?.shortDescription ?? "\(error)"
            return Self.isBeforeSending(error) ? .notSent(text) : .broken(text)
        }
    }

    /// Errors before the request could go out.
    static func isBeforeSending(_ error: any Error) -> Bool {
        switch error {
        case is NIOConnectionError, is NIOSSLExtraError, NIOSSLError.handshakeFailed,
            ChannelError.connectTimeout:
            return true
        case let error as HTTPClientError:
            let early: [HTTPClientError] = [
                .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .alreadyShutdown,
            ]
            return early.contains(error)
        default: return false
        }
    }

    static func error(in reply: ByteBuffer, status: HTTPResponseStatus) -> EtcdError {
        do {
            return try JSONDecoder().decode(WireError.self, from: reply).value
        } catch {
            return .server(code: Int(status.code), message: "HTTP status \(status)")
        }
    }

    static func encode(_ value: some Encodable) throws(EtcdError) -> ByteBuffer {
        do {
            return ByteBuffer(bytes: try JSONEncoder().encode(value))
        } catch {
            throw .malformed("the request cannot be written: \(error)")
        }
    }

    private static func decode<Reply: Decodable>(_ reply: ByteBuffer) throws(EtcdError) -> Reply {
        do {
            return try JSONDecoder().decode(Reply.self, from: reply)
        } catch {
            throw .malformed("\(error)")
        }
    }

    private func pause(_ time: Duration, before end: ContinuousClock.Instant) async {
        let until = min(end, ContinuousClock().now + time)
        // Where the task is cancelled, the loop ends at its next check.
        _ = try? await Task.sleep(until: until, clock: .loop)
    }
}
