import AdminProtocol
import ClusterModel
import Logging
import Planning

/// The steps of a switch that bring servers near before anybody is held.
extension Coordinator {
    /// Lets replicas follow the candidate while it is one itself.
    ///
    /// The new primary's first commits wait for a receipt: without this until a replica has come over, outside of
    /// every step. One that cannot be attached comes later, with all others.
    func attach(_ replicas: [HostName], to candidate: HostName, _ id: String) async {
        let stopped = await act(.stopReceiving, on: replicas, operation: id)
        do throws(Refusal) {
            for (replica, reply) in stopped {
                // A replica that asks for more than its source has is turned away (error 1236).
                let server = try reply.get().report?.server
                let received = server?.links.first(where: \.isLocal)?.received ?? GTIDPosition()
                _ = try await act(.awaitPosition(received, milliseconds: 2000), on: candidate, operation: id)
                _ = try await act(
                    .settle(.replica(of: candidate, link: .online)), on: replica, operation: id,
                    deadline: .seconds(10))
            }
            try await attached(replicas, to: candidate, id)
        } catch {
            log.info(
                "a replica is not attached before the switch",
                metadata: ["operation": "\(id)", "why": "\(error.message)"])
        }
    }

    /// Waits, for a second at most, until replicas receive from the candidate.
    private func attached(_ replicas: [HostName], to candidate: HostName, _ id: String) async throws(Refusal)
    {
        let deadline = ContinuousClock.now + .seconds(1)
        var waiting = replicas
        while !waiting.isEmpty {
            for (replica, reply) in await act(.report, on: waiting, operation: id) {
                let links = try reply.get().report?.server.links ?? []
                if links.contains(where: {
                    $0.isLocal && $0.receiving && $0.sourceHost == candidate.description
                }) {
                    waiting.removeAll { $0 == replica }
                }
            }
            guard ContinuousClock.now < deadline else { return }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Lets the candidate catch up until the last stretch took so little that it does not matter in the gap.
    func approach(_ candidate: HostName, _ primary: HostName, _ id: String) async throws(Refusal) {
        let deadline = ContinuousClock.now + .seconds(15)
        while true {
            let position =
                try await act(.report, on: primary, operation: id).report?.server.logged ?? GTIDPosition()
            let began = ContinuousClock.now
            do throws(Refusal) {
                _ = try await act(.awaitPosition(position, milliseconds: 3000), on: candidate, operation: id)
                if began.duration(to: .now) < .milliseconds(15) { return }
            } catch  where error.code == .timedOut {
                log.info("the candidate is behind", metadata: ["candidate": "\(candidate)"])
            }
            guard ContinuousClock.now < deadline else {
                // Near enough counts as well: the wait in the gap has its own bound.
                if began.duration(to: .now) < .milliseconds(500) { return }
                throw Refusal(
                    .replicaBehind,
                    "'\(candidate)' does not keep up with '\(primary)': it never came near within 15 s",
                    hint: "ls, and try again when its latency is low")
            }
        }
    }
}
