import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
import WorkLoop

extension EtcdClient {
    /// Every change of the keys that begin with `prefix`, beginning with the changes of `revision` (0: from now on).
    ///
    /// The first batch has no events: the watch stands. The stream ends by an `EtcdError` when the connection
    /// breaks, when the member loses the leader, when `silence` passes without anything (give it where something
    /// changes regularly: a connection whose other end vanished makes no sound), or with `compacted` when the
    /// history asked for is gone. Nothing is missed by watching again from the last batch's revision + 1. Ending
    /// the iteration ends the watch.
    package func watch(
        prefix: String, from revision: Int64 = 0, silence: Duration? = nil
    ) -> AsyncThrowingStream<EtcdWatchBatch, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task(executorPreference: WorkLoop.current) {
                do {
                    try await self.follow(prefix, from: revision, silence: silence) { continuation.yield($0) }
                    continuation.finish(throwing: EtcdError.unreachable("the member ended the watch"))
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func follow(
        _ prefix: String, from revision: Int64, silence: Duration?,
        _ yield: @Sendable (EtcdWatchBatch) -> Void
    ) async throws(EtcdError) {
        var next: Int64? = revision
        while let revision = next {
            next = try await followOne(prefix, from: revision, silence: silence, yield)
        }
    }

    /// Watches by one member, until it ends the watch or a nearer one can be asked again.
    /// - Returns: where to go on at that one; nil at the end.
    private func followOne(
        _ prefix: String, from revision: Int64, silence: Duration?,
        _ yield: @Sendable (EtcdWatchBatch) -> Void
    ) async throws(EtcdError) -> Int64? {
        let create = WireWatchRequest.Create(
            key: KeyRange.start(ofPrefix: prefix), range_end: KeyRange.end(ofPrefix: prefix),
            start_revision: revision > 0 ? Wire64(revision) : nil, progress_notify: true)
        let body = try Self.encode(WireWatchRequest(create_request: create))
        let (response, endpoint) = try await open(body)
        do {
            var lines = LineSplitter()
            var seen: Int64?
            let chunks = SilenceBound(response.body.makeAsyncIterator())
            while let chunk = try await chunks.next(within: silence) {
                for line in try lines.append(chunk) {
                    guard let batch = try Self.batch(line) else { continue }
                    yield(batch)
                    seen = batch.revision
                }
                if let seen, preferred.isBetter(than: endpoint, of: target.endpoints) { return seen + 1 }
            }
            return nil
        } catch let error as EtcdError {
            throw error
        } catch is DeadlinePassed {
            preferred.leave(endpoint, of: target.endpoints)
            throw .unreachable("\(endpoint) was silent for too long")
        } catch {
            preferred.leave(endpoint, of: target.endpoints)
            throw .unreachable("\(endpoint): \(error)")
        }
    }

    /// Begins the watch at the first endpoint that answers.
    private func open(_ body: ByteBuffer) async throws(EtcdError) -> (HTTPClientResponse, String) {
        var failure = EtcdError.timeout
        for endpoint in preferred.order(target.endpoints, triesFirst: true) {
            var request = HTTPClientRequest(url: "\(endpoint)/v3/watch")
            request.method = .POST
            // A member that is cut off from the leader ends the watch instead of going silent.
            request.headers.add(name: "Grpc-Metadata-hasleader", value: "true")
            request.body = .bytes(body)
            do {
                let response = try await http.execute(request, timeout: TimeAmount(Self.deadline))
                guard response.status == .ok else {
                    throw Self.error(
                        in: try await response.body.collect(upTo: 1 << 20), status: response.status)
                }
                preferred.stay(endpoint, of: target.endpoints)
                return (response, endpoint)
            } catch let error as EtcdError {
                failure = error
            } catch let error as HTTPClientError where error == .deadlineExceeded {
                failure = .timeout
            } catch {
                failure = .unreachable("\(endpoint): \(error)")
            }
            preferred.leave(endpoint, of: target.endpoints)
        }
        throw failure
    }

    /// What one line says; nil for what has no meaning here.
    static func batch(_ line: ByteBuffer) throws(EtcdError) -> EtcdWatchBatch? {
        let frame: WireStreamed<WireWatchReply>
        do {
            frame = try JSONDecoder().decode(WireStreamed<WireWatchReply>.self, from: line)
        } catch {
            throw .malformed("\(error)")
        }
        if let error = frame.error { throw error.value }
        guard let reply = frame.result else { return nil }
        if reply.canceled == true {
            if let oldest = reply.compact_revision?.value, oldest > 0 { throw .compacted(oldest: oldest) }
            throw EtcdError(code: 0, message: reply.cancel_reason ?? "the watch was cancelled")
        }
        let events = (reply.events ?? []).compactMap { event in
            event.kv.map { EtcdEvent(kind: event.type == "DELETE" ? .delete : .put, pair: $0.pair) }
        }
        return EtcdWatchBatch(revision: reply.header?.revision?.value ?? 0, events: events)
    }
}

/// Puts lines together from chunks whose borders are anywhere.
struct LineSplitter {
    /// Far above etcd's own bound of a request.
    static let longestLine = 64 * 1024 * 1024
    private var rest = ByteBuffer()
    /// Bytes of `rest` that are known to hold no line feed.
    private var scanned = 0

    /// The lines that are complete now, without line feeds; empty ones are left out.
    mutating func append(_ chunk: ByteBuffer) throws(EtcdError) -> [ByteBuffer] {
        rest.writeImmutableBuffer(chunk)
        var lines: [ByteBuffer] = []
        while let feed = rest.readableBytesView.dropFirst(scanned).firstIndex(of: UInt8(ascii: "\n")) {
            let length = feed - rest.readerIndex
            if let line = rest.readSlice(length: length), length > 0 { lines.append(line) }
            rest.moveReaderIndex(forwardBy: 1)
            scanned = 0
        }
        scanned = rest.readableBytes
        guard scanned <= Self.longestLine else {
            throw .malformed("a line longer than \(Self.longestLine) bytes")
        }
        rest.discardReadBytes()
        return lines
    }
}

/// Reads a response's chunks with a bound on the time between two of them.
private final class SilenceBound: @unchecked Sendable {
    // Unchecked: only one `next` runs at a time.
    private var chunks: HTTPClientResponse.Body.AsyncIterator

    init(_ chunks: HTTPClientResponse.Body.AsyncIterator) { self.chunks = chunks }

    func next(within limit: Duration?) async throws -> ByteBuffer? {
        guard let limit else { return try await advance() }
        return try await withDeadline(limit) { try await self.advance() }
    }

    private func advance() async throws -> ByteBuffer? { try await chunks.next() }
}
