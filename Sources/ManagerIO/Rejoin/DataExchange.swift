import AdminProtocol
import ClusterModel
import Glibc
import Logging
import Manager
import SiteConfiguration

/// Other data in the place of the server's: stop, rename, start, tell the server where it stands.
///
/// A note on the disk says what is about to happen until it has happened. While it is there, the server's replication is
/// not pointed anywhere (`MariaDBServer.changeSource`), and after a manager's death `mend` goes on from it.
struct DataExchange: Sendable {
    /// What happens, or happened half.
    struct Note: Codable, Sendable {
        /// The server's place.
        var data: String
        /// The data that is to take it.
        var fresh: String
        /// Where the former data goes.
        var former: String
        /// Where the new data stands, and what is known of its past.
        var position: GTIDPosition
        var history: GTIDHistory
    }

    var host: HostName
    var paths: HostPaths
    var server: any ServerControl
    var services: any ServiceRunner
    var log: Logger
    /// Hears of what comes next; only tests do something then.
    var boundary: @Sendable (String) -> Void

    // MARK: forward

    /// - Returns: what to know about it, a line each.
    func run(_ note: Note, named name: String) async throws(Refusal) -> [String] {
        guard access(note.fresh, R_OK) == 0 else {
            throw Refusal(.failed, "'\(note.fresh)' is missing on '\(host)': nothing was changed")
        }
        try write(note)
        do throws(Refusal) {
            try await stop()
        } catch {
            forget()
            throw error
        }
        guard rename(note.data, note.former) == 0 else {
            let why = String(cString: strerror(errno))
            forget()
            try await start()
            throw Refusal(
                .failed,
                "'\(note.data)' of '\(host)' cannot be put aside (\(why)); the server runs with its former data",
                hint: "the data directory must not be a mount point itself")
        }
        do throws(Refusal) {
            boundary("exchange")
            guard rename(note.fresh, note.data) == 0 else {
                throw Refusal(
                    .failed, "'\(note.fresh)' cannot take its place: \(String(cString: strerror(errno)))")
            }
            try await finish(note)
        } catch {
            throw await backOut(error, note)
        }
        return [
            "the server of '\(host)' has the data of \(name), at \(note.position)",
            "its former data is in \(note.former): remove it when '\(host)' is ONLINE again",
        ]
    }

    /// The new data is in its place.
    private func finish(_ note: Note) async throws(Refusal) {
        try await start()
        boundary("adopt")
        try await server.adopt(note.position, past: note.history)
        forget()
    }

    // MARK: back

    /// Gives the server its former data again.
    /// - Returns: the reason, with what became of the server.
    private func backOut(_ reason: Refusal, _ note: Note) async -> Refusal {
        do throws(Refusal) {
            try await stop()
            // The new data is the one in place, where it got that far.
            if access(note.data, F_OK) == 0, rename(note.data, note.fresh) != 0 {
                throw Refusal(
                    .failed, "the new data could not be put aside: \(String(cString: strerror(errno)))")
            }
            guard rename(note.former, note.data) == 0 else {
                throw Refusal(
                    .failed, "the former data is in \(note.former): \(String(cString: strerror(errno)))")
            }
            forget()
            try await start()
            return Refusal(
                reason.code, "\(reason.message); '\(host)' runs with its former data", hint: reason.hint)
        } catch {
            return Refusal(
                .outcomeUnknown,
                "\(reason.message); and '\(host)' could not be given its former data: \(error.message)",
                hint: "service \(host)/mysql status")
        }
    }

    // MARK: after a manager's death

    /// - Returns: what was done; empty where no exchange was broken off.
    func mend() async throws(Refusal) -> [String] {
        guard let bytes = SmallFile.bytes(paths.exchangeNote) else { return [] }
        let note: Note
        do throws(Refusal) {
            note = try FrameCodec.decode(Note.self, from: bytes)
        } catch {
            throw Refusal(
                .failed, "'\(paths.exchangeNote)' of '\(host)' cannot be read: \(error.message)",
                hint: "remove it once \(host) has its data")
        }
        func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
        switch (exists(note.data), exists(note.former)) {
        case (true, false):
            // Nothing was renamed yet.
            forget()
            FileTree.remove(note.fresh)
            return ["'\(host)' HAS ITS OWN DATA: AN EXCHANGE WAS BROKEN OFF BEFORE IT BEGAN"]
        case (false, true):
            guard rename(exists(note.fresh) ? note.fresh : note.former, note.data) == 0 else {
                throw Refusal(
                    .failed,
                    "the data of '\(host)' cannot be put in its place: \(String(cString: strerror(errno)))",
                    hint: "it is in \(note.former)")
            }
            guard exists(note.former) else {
                forget()
                return ["'\(host)' HAS ITS FORMER DATA: AN EXCHANGE WAS BROKEN OFF"]
            }
            fallthrough
        case (true, true):
            do throws(Refusal) {
                try await finish(note)
            } catch {
                throw await backOut(error, note)
            }
            return [
                "FINISHED AN EXCHANGE THAT WAS BROKEN OFF: '\(host)' STANDS AT \(note.position)",
                "its former data is in \(note.former): remove it when '\(host)' is ONLINE again",
            ]
        case (false, false):
            throw Refusal(
                .failed, "'\(host)' has no data: '\(note.data)' and '\(note.former)' are both missing",
                hint: "put data in \(note.data), and remove \(paths.exchangeNote)")
        }
    }

    // MARK: the note

    private func write(_ note: Note) throws(Refusal) {
        guard SmallFile.write(try FrameCodec.encode(note), to: paths.exchangeNote) else {
            throw Refusal(
                .failed,
                "'\(paths.exchangeNote)' of '\(host)' cannot be written: \(String(cString: strerror(errno)));"
                    + " nothing was changed")
        }
    }

    private func forget() {
        if unlink(paths.exchangeNote) != 0, errno != ENOENT {
            log.error("the note of an exchange is left", metadata: ["path": "\(paths.exchangeNote)"])
        }
    }

    // MARK: the server

    /// One that refuses connections may be recovering from a crash: what runs is the service manager's knowledge.
    private func stop() async throws(Refusal) {
        _ = try await services.run("mysql", .stop)
        try await wait(.stopped, "does not stop")
    }

    private func start() async throws(Refusal) {
        if await server.observe().state == .online { return }
        _ = try await services.run("mysql", .start)
        try await wait(.online, "does not serve")
    }

    private func wait(_ state: ComponentState, _ complaint: String) async throws(Refusal) {
        let deadline = ContinuousClock.now + .seconds(60)
        while await server.observe().state != state {
            guard ContinuousClock.now < deadline else {
                throw Refusal(
                    .serviceFailed, "the server of '\(host)' \(complaint) within 60 s",
                    hint: "service \(host)/mysql status")
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
