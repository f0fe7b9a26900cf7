import AdminProtocol
import ClusterModel
import Glibc
import Logging
import Manager
import NIOCore
import SiteConfiguration

/// A copy of another host's data, received beside the own and put in its place.
extension HostBackups {
    /// How the directories of received copies are named, beside the server's own.
    private static let received = ".copy-"
    private static let describing = "cctrl-copy.json"

    /// What a received copy says of itself, written last.
    private struct Received: Codable {
        var source: HostName
        var position: GTIDPosition
        var history: GTIDHistory
    }

    package func receive(
        from source: HostName, address: String, bytes: Int64, epoch: Int64,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostCopyReply {
        try await alone { () async throws(Refusal) in
            let data = try await serverPlace().data
            sweep(data)
            try checkRoom(bytes, at: data)
            let name = "\(WallTime.now.milliseconds)"
            let target = data + Self.received + name
            guard FileTree.make(target) else {
                throw Refusal(
                    .failed,
                    "'\(target)' cannot be made on '\(host)': \(String(cString: strerror(errno))); nothing was changed"
                )
            }
            do throws(Refusal) {
                let sent = try await unpack(from: source, address, bytes, into: target, epoch, progress)
                var reply = try await prepare(target, from: source, sent, progress)
                FileTree.own(target, like: data)
                reply.copy = name
                reply.bytes = sent.bytes
                return reply
            } catch {
                if !FileTree.remove(target) {
                    log.warning("an unfinished copy could not be removed", metadata: ["path": "\(target)"])
                }
                throw error
            }
        }
    }

    /// - Returns: what the sender says of it.
    private func unpack(
        from source: HostName, _ address: String, _ bytes: Int64, into target: String, _ epoch: Int64,
        _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostCopyReply {
        let token = Self.freshToken()
        let pipe = try Pipe()
        let connection = try await DataConnection.open(
            to: PeerTarget(
                host: source, address: address, port: peers.managerPort(), certificates: certificates),
            token: token, into: pipe.takeWriteEnd())
        defer { connection.close() }
        var unpacking = ChildProcess(
            program: "mbstream", arguments: ["-x", "-C", target], log: "\(paths.logDirectory)/backup.log")
        unpacking.input = pipe.readEnd
        let child = unpacking
        // Whichever of the two fails first ends the other.
        async let sending = peers.call(
            HostCopyCall(epoch: epoch, action: .send(token: token)), on: source, for: nil,
            deadline: Self.limit
        ) { _ in }
        do throws(Refusal) {
            let whole = max(bytes >> 20, 1)
            var said = ContinuousClock.now
            var last = (bytes: Int64(-1), at: ContinuousClock.now)
            try await child.run(limit: Self.limit) {
                guard said.duration(to: .now) > .seconds(1) else { return }
                said = .now
                progress("'\(self.host)' \(connection.relay.bytes >> 20) MiB of about \(whole) MiB received")
            } stuck: {
                Self.standstill(at: connection.relay.bytes, &last, of: child)
            } began: {
                pipe.closeReadEnd()
            }
        } catch {
            // Where the stream ended too early, the sender knows best why.
            let isOurs =
                connection.channel.isActive || connection.relay.isCutOff || Task.isCancelled
                || error.code == .timedOut
            connection.close()
            guard !isOurs else { throw error }
            do {
                _ = try await sending
            } catch {
                throw Self.broken(error, source)
            }
            throw error
        }
        do {
            let sent = try await sending
            guard sent.bytes == connection.relay.bytes else {
                throw Refusal(
                    .failed,
                    "\(connection.relay.bytes) of \(sent.bytes ?? 0) bytes came from '\(source)': the copy is broken"
                )
            }
            return sent
        } catch {
            throw Self.broken(error, source)
        }
    }

    private static func broken(_ error: any Error, _ source: HostName) -> Refusal {
        let refusal = error as? Refusal ?? Refusal(.failed, "\(error)")
        // The sender changes nothing, so nothing is unknown either.
        let code: ReplyCode = refusal.code == .outcomeUnknown ? .hostUnreachable : refusal.code
        return Refusal(
            code, "the copy from '\(source)' broke off: \(refusal.message)",
            hint: refusal.code == .outcomeUnknown ? "the same command again" : refusal.hint)
    }

    private func prepare(
        _ target: String, from source: HostName, _ sent: HostCopyReply,
        _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostCopyReply {
        var said = ContinuousClock.now
        progress("'\(host)' preparing the copy")
        try await tool(["--no-defaults", "--prepare", "--use-memory=128M", "--target-dir=\(target)"]).run(
            limit: Self.limit
        ) {
            guard said.duration(to: .now) > .seconds(5) else { return }
            said = .now
            progress("'\(self.host)' preparing the copy")
        }
        let position = try position(in: target)
        let history = (sent.history ?? GTIDHistory()).at(position)
        let describing = try FrameCodec.encode(
            Received(source: source, position: position, history: history))
        guard SmallFile.write(describing, to: "\(target)/\(Self.describing)") else {
            throw Refusal(
                .failed, "the copy on '\(host)' cannot be finished: \(String(cString: strerror(errno)))")
        }
        log.notice("a copy was received", metadata: ["path": "\(target)", "position": "\(position)"])
        var reply = HostCopyReply()
        reply.position = position
        reply.history = history
        return reply
    }

    package func exchange(_ copy: String) async throws(Refusal) -> [String] {
        // Half an exchange would leave no server at all: it goes on when nobody waits any more.
        let result = await Task.detached { [self] () async -> Result<[String], Refusal> in
            do throws(Refusal) {
                return .success(
                    try await alone { () async throws(Refusal) in try await exchangeAlone(copy) })
            } catch {
                return .failure(error)
            }
        }.value
        return try result.get()
    }

    private func exchangeAlone(_ copy: String) async throws(Refusal) -> [String] {
        let data = try await serverPlace().data
        let fresh = data + Self.received + copy
        guard copy.allSatisfy(\.isNumber), let bytes = SmallFile.bytes("\(fresh)/\(Self.describing)") else {
            throw Refusal(.failed, "there is no complete copy '\(copy)' on '\(host)'; nothing was changed")
        }
        let received = try FrameCodec.decode(Received.self, from: bytes)
        return try await dataExchange.run(
            DataExchange.Note(
                data: data, fresh: fresh, former: Self.aside(data, for: "copy-of-\(received.source)"),
                position: received.position, history: received.history),
            named: "'\(received.source)'")
    }

    package func discard(_ copy: String) async {
        guard copy.allSatisfy(\.isNumber), let data = try? await serverPlace().data else { return }
        if !FileTree.remove(data + Self.received + copy) {
            log.warning("a received copy was not removed", metadata: ["copy": "\(copy)"])
        }
    }

    package func mend() async throws(Refusal) -> [String] {
        guard access(paths.exchangeNote, F_OK) == 0 else { return [] }
        let result = await Task.detached { [self] () async -> Result<[String], Refusal> in
            do throws(Refusal) {
                return .success(
                    try await alone { () async throws(Refusal) in try await dataExchange.mend() })
            } catch {
                return .failure(error)
            }
        }.value
        return try result.get()
    }

    /// Removes what broken copies have left.
    private func sweep(_ data: String) {
        guard let slash = data.lastIndex(of: "/") else { return }
        let parent = String(data[..<slash])
        let prefix = data[data.index(after: slash)...] + Self.received
        for name in FileTree.names(in: parent) ?? [] where name.hasPrefix(prefix) {
            FileTree.remove("\(parent)/\(name)")
        }
    }

    /// 128 bits that nobody can guess.
    private static func freshToken() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<2).map { _ in String(random.next() as UInt64, radix: 16) }.joined(separator: "-")
    }

    private var certificates: WireCertificates {
        WireCertificates(authority: paths.authority, certificate: paths.certificate, key: paths.key)
    }
}
