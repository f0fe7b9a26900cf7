import NIOCore
import NIOPosix

/// A session on HAProxy's runtime socket, kept open between commands and made again after it broke.
///
/// A command is never repeated by itself. Source: HAProxy 2.6 Management Guide, section 9.3.
package actor RuntimeSocket {
    package nonisolated let path: String
    private let group: any EventLoopGroup
    private var session: Session?
    private var connecting: Task<Session, any Error>?

    private struct Session {
        var channel: any Channel
        var reader: NIOLoopBound<ReplyReader>
    }

    /// Connects to nothing yet.
    package init(path: String, on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) {
        self.path = path
        self.group = group
    }

    /// The router's reply without prompt and surrounding line feeds; empty where it has nothing to say.
    ///
    /// The deadline covers connecting and waiting for commands sent before.
    package func command(
        _ command: String, deadline: Duration = .milliseconds(500)
    ) async throws(RouterError) -> String {
        // A line feed or `;` would begin another command.
        guard !command.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: ";") }) else {
            throw .refused(command: command, reply: "it holds a control character or ';'")
        }
        var used: Session?
        do {
            let end = NIODeadline.now() + TimeAmount(deadline)
            let session = try await connected(until: end)
            used = session
            return try await Self.send(command, over: session, until: end).trimmingLineFeeds()
        } catch let error as RouterError {
            // A session that is being closed may still look open: the next command makes a new one.
            if error.endsSession, session?.channel === used?.channel { session = nil }
            throw error
        } catch {
            throw .unreachable("\(error)")
        }
    }

    /// Closes the session; the next command makes a new one.
    package func close() async {
        connecting?.cancel()
        guard let session else { return }
        self.session = nil
        do {
            try await session.channel.close()
        } catch ChannelError.alreadyClosed {
            return
        } catch {
            // A descriptor whose close failed is gone all the same.
            return
        }
    }

    // MARK: session

    private func connected(until end: NIODeadline) async throws -> Session {
        if let session, session.channel.isActive { return session }
        session = nil
        if let connecting { return try await connecting.value }
        let task = Task { [path, group] in try await Self.connect(path, on: group, until: end) }
        connecting = task
        defer { connecting = nil }
        let fresh = try await task.value
        session = fresh
        return fresh
    }

    private static func connect(
        _ path: String, on group: any EventLoopGroup, until end: NIODeadline
    ) async throws -> Session {
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(max(.milliseconds(1), end - .now()))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ReplyReader())
                }
            }
        let session: Session
        do {
            let channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
            let reader = try await channel.eventLoop.submit {
                let handler = try channel.pipeline.syncOperations.handler(type: ReplyReader.self)
                return NIOLoopBound(handler, eventLoop: channel.eventLoop)
            }.get()
            session = Session(channel: channel, reader: reader)
        } catch {
            throw RouterError.unreachable("\(path): \(error)")
        }
        // The interactive mode keeps the session open after a reply.
        _ = try await send("prompt", over: session, until: end)
        _ = try await send("set timeout cli 3600", over: session, until: end)
        return session
    }

    private static func send(
        _ command: String, over session: Session, until end: NIODeadline
    ) async throws -> String {
        let loop = session.channel.eventLoop
        let promise = loop.makePromise(of: String.self)
        loop.execute {
            let timer = loop.scheduleTask(deadline: end) {
                promise.fail(RouterError.timeout(command: command))
                // The reply may still come: it must not be taken for the next command's.
                session.channel.close(promise: nil)
            }
            promise.futureResult.whenComplete { _ in timer.cancel() }
            session.reader.value.send(command, promise: promise)
        }
        return try await promise.futureResult.get()
    }
}

extension String {
    fileprivate func trimmingLineFeeds() -> String {
        var text = self[...]
        while text.first?.isNewline == true { text.removeFirst() }
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }
}

extension RouterError {
    /// Whether the session over which the command went is no longer of use.
    fileprivate var endsSession: Bool {
        switch self {
        case .timeout, .lost: true
        case .unreachable, .refused, .malformed: false
        }
    }
}
