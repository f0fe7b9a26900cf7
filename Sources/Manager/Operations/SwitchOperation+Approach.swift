import AdminProtocol
import ClusterModel
import Logging
import Planning
import WorkLoop

/// The steps of a switch that bring servers near before anybody is held.
extension Coordinator {
    /// Lets replicas follow the candidate while it is one itself.
    ///
    /// The new primary's first commits wait for a receipt: without this until a replica has come over, outside of
    /// every step. One that fails comes later, with all others; where all are behind, there is no switch.
    func attach(
        _ replicas: [HostName], to candidate: HostName, must: Bool, _ id: String
    ) async throws(Refusal) {
        var attached = 0
        var late: Refusal?
        for (replica, reply) in await act(.stopReceiving, on: replicas, operation: id) {
            do throws(Refusal) {
                try await attach(replica, reply.get().report?.server, to: candidate, id)
                attached += 1
            } catch {
                log.info(
                    "a replica is not attached before the switch",
                    metadata: ["operation": "\(id)", "why": "\(error.message)"])
                if [.replicaBehind, .timedOut].contains(error.code) { late = error }
            }
        }
        guard must, attached == 0, let late else { return }
        throw Refusal(
            .replicaBehind,
            "no other replica could follow '\(candidate)' in time, and its first writes would wait for one:"
                + " \(late.message)", hint: Self.lateHint)
    }

    private func attach(
        _ replica: HostName, _ server: ServerReport?, to candidate: HostName, _ id: String
    ) async throws(Refusal) {
        // A replica that asks for more than its source has is turned away (error 1236).
        let received = server?.links.first(where: \.isLocal)?.received ?? GTIDPosition()
        _ = try await act(.awaitPosition(received, milliseconds: 3000), on: candidate, operation: id)
        _ = try await act(
            .settle(.replica(of: candidate, link: .online)), on: replica, operation: id,
            deadline: .seconds(15)
        )
        try await attached([replica], to: candidate, id)
    }

    /// Waits until replicas receive from the candidate; nobody waits for this yet.
    /// - Throws: where they do not within 3 s.
    private func attached(_ replicas: [HostName], to candidate: HostName, _ id: String) async throws(Refusal)
    {
        let deadline = ContinuousClock.now + .seconds(3)
        var waiting = replicas
        while true {
            // A connection takes as long; each look costs hosts and etcd, and clients write meanwhile.
            try? await Task.sleep(for: .milliseconds(25), clock: .loop)
            for (replica, reply) in await act(.report, on: waiting, operation: id) {
                let links = try reply.get().report?.server.links ?? []
                if links.contains(where: {
                    $0.isLocal && $0.receiving && $0.sourceHost == candidate.description
                }) {
                    waiting.removeAll { $0 == replica }
                }
            }
            guard let late = waiting.first else { return }
            guard ContinuousClock.now < deadline else {
                throw Refusal(.timedOut, "'\(late)' did not connect to '\(candidate)' within 3 s")
            }
        }
    }

    /// What to do where a replica does not keep up.
    static let lateHint = "wait until 'ls' shows a low latency under less load, or 'set force true' first"

    /// Lets the candidate catch up until the last stretch took so little that it does not matter in the gap.
    ///
    /// What it cannot reach now it cannot reach while writes wait: the refusal tells both speeds, as soon as they say
    /// that it will not come near in time.
    func approach(
        _ candidate: HostName, _ primary: HostName, within limit: Duration, _ id: String
    ) async throws(Refusal) {
        let began = ContinuousClock.now
        let first = await sequences(candidate, primary, id)
        while true {
            let stretch = try await stretch(of: candidate, to: primary, within: .seconds(3), id)
            if let stretch, stretch <= limit { return }
            let seconds = began.duration(to: .now).inSeconds
            guard seconds > 5 else { continue }
            let last = await sequences(candidate, primary, id)
            func speed(_ from: UInt64, _ to: UInt64) -> Int {
                Int(Double(to > from ? to - from : 0) / seconds)
            }
            let executed = speed(first.candidate, last.candidate)
            let written = speed(first.primary, last.primary)
            let behind = last.primary > last.candidate ? last.primary - last.candidate : 0
            let rest = executed > written ? Double(behind) / Double(executed - written) : .infinity
            if seconds + rest < Self.approachSeconds { continue }
            throw Refusal(
                .replicaBehind,
                "'\(candidate)' does not keep up with '\(primary)': it is \(behind) transactions behind, and in"
                    + " \(Int(seconds)) s it executed \(executed) a second of \(written)", hint: Self.lateHint
            )
        }
    }

    /// How long a candidate may take to come near, in seconds.
    private static let approachSeconds = 15.0

    /// Looks again where nothing comes between any more but the freeze; new connections wait already.
    func near(
        _ candidate: HostName, _ primary: HostName, within limit: Duration, _ id: String
    ) async throws(Refusal) {
        let longest = max(Duration.milliseconds(250), limit)
        let deadline = ContinuousClock.now + longest
        while true {
            let stretch = try await stretch(of: candidate, to: primary, within: longest, id)
            if let stretch, stretch <= limit { return }
            guard ContinuousClock.now < deadline else {
                throw Refusal(
                    .replicaBehind,
                    "'\(candidate)' did not come within \(Int(limit.inMilliseconds)) ms of '\(primary)' while new"
                        + " connections waited", hint: Self.lateHint)
            }
        }
    }

    /// How long the candidate takes to execute what the primary has logged now; nil where that is longer than `limit`.
    private func stretch(
        of candidate: HostName, to primary: HostName, within limit: Duration, _ id: String
    ) async throws(Refusal) -> Duration? {
        let position =
            try await act(.logged, on: primary, operation: id, deadline: Self.whileHeld).position
            ?? GTIDPosition()
        let began = ContinuousClock.now
        do throws(Refusal) {
            _ = try await act(
                .awaitPosition(position, milliseconds: Int(limit.inMilliseconds)), on: candidate,
                operation: id, deadline: limit + Self.whileHeld)
            return began.duration(to: .now)
        } catch  where error.code == .timedOut {
            return nil
        }
    }

    private struct Sequences {
        var candidate: UInt64
        var primary: UInt64
    }

    /// How far both have logged and executed this site's own transactions; zero where they do not say.
    private func sequences(_ candidate: HostName, _ primary: HostName, _ id: String) async -> Sequences {
        let domain = board.shape.domain
        let replies = await act(.report, on: [candidate, primary], operation: id)
        func sequence(_ host: HostName) -> UInt64 {
            (try? replies[host]?.get().report?.server.executed.sequence(of: domain)) ?? 0
        }
        return Sequences(candidate: sequence(candidate), primary: sequence(primary))
    }
}
