import AdminProtocol
import ClusterModel
import Glibc
import Logging
import Manager
import NIOCore
import NIOPosix
import SiteConfiguration

/// A copy of this host's data on its way to another manager.
extension HostBackups {
    /// Without a byte for so long, a copy has broken: its other side is gone, or a lock is not to be had.
    static let stall = Duration.seconds(180)

    package func measure() async throws(Refusal) -> HostCopyReply {
        let place = try await serverPlace()
        var reply = HostCopyReply()
        // Logs are not copied.
        let logs =
            ["\(place.data)/ib_logfile0"]
            + ((try? place.logFiles()) ?? []).filter { $0.hasPrefix(place.data) }
        reply.bytes = max(0, FileTree.size(place.data) - logs.reduce(0) { $0 + FileTree.size($1) })
        reply.room = FileTree.room(at: place.data)
        let report = await server.observe()
        if report.state == .online { reply.version = report.version }
        return reply
    }

    package func send(
        _ token: String, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostCopyReply {
        try await alone { () async throws(Refusal) in
            let report = await server.observe()
            guard report.state == .online, let history = report.history else {
                throw Refusal(
                    .wrongState,
                    "the server of '\(host)' is \(report.state.rawValue): there is nothing to copy")
            }
            let options = "\(paths.runDirectory)/copy.cnf"
            guard SmallFile.write(Array(optionFile.utf8), to: options) else {
                throw Refusal(
                    .failed,
                    "'\(options)' cannot be written on '\(host)': \(String(cString: strerror(errno)))")
            }
            defer { unlink(options) }
            let bytes = try await stream(options, token)
            log.notice("a copy of the data was sent", metadata: ["bytes": "\(bytes)"])
            var reply = HostCopyReply()
            reply.bytes = bytes
            // From before the copy: what it does not know of the copy's own last moments, the position tells.
            reply.history = history
            reply.version = report.version
            return reply
        }
    }

    /// Says since when no byte has moved, and what the program said last, once that is too long.
    static func standstill(
        at bytes: Int64, _ last: inout (bytes: Int64, at: ContinuousClock.Instant), of child: ChildProcess
    ) -> Refusal? {
        if bytes != last.bytes { last = (bytes, .now) }
        guard last.at.duration(to: .now) > stall else { return nil }
        return Refusal(
            .timedOut,
            "'\(child.program)' has moved nothing for \(Int(stall.inSeconds)) s: \(SmallFile.lastLine(of: child.log))",
            hint: "\(child.log) on that host")
    }

    /// - Returns: how many bytes were sent.
    private func stream(_ options: String, _ token: String) async throws(Refusal) -> Int64 {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let channel = try await streams.channel(token, on: loop)
        let relay = DataRelay()
        defer { channel.close(promise: nil) }
        let pipe = try Pipe()
        // A directory of its own for what it notes meanwhile.
        let notes = "\(paths.runDirectory)/copy-notes"
        FileTree.remove(notes)
        defer { FileTree.remove(notes) }
        var backup = tool([
            "--defaults-file=\(options)", "--backup", "--stream=mbstream", "--slave-info",
            "--target-dir=\(notes)",
        ])
        backup.output = pipe.writeEnd
        do throws(Refusal) {
            try await relay.send(pipe.takeReadEnd(), over: channel)
        } catch {
            pipe.closeWriteEnd()
            throw error
        }
        var last = (bytes: Int64(-1), at: ContinuousClock.now)
        do throws(Refusal) {
            try await backup.run(limit: Self.limit) {
            } stuck: {
                guard !relay.isCutOff else { return Refusal(.failed, "its receiver went away") }
                let now = relay.bytes
                if now > 1 << 20 { boundary("copy") }
                return Self.standstill(at: now, &last, of: backup)
            } began: {
                pipe.closeWriteEnd()
            }
        } catch {
            pipe.closeWriteEnd()
            throw error
        }
        // All is written when the relay has closed the connection at the pipe's end.
        let closing = ContinuousClock.now + Self.stall
        while channel.isActive {
            guard ContinuousClock.now < closing, !Task.isCancelled else {
                throw Refusal(.timedOut, "the receiver did not take the end of the copy")
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return relay.bytes
    }
}
