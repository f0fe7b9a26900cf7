import ClusterModel
import Dispatch
import SiteConfiguration

/// The time of one switch, from its command to its end.
package struct SwitchWindow: Sendable {
    package var start: ContinuousClock.Instant
    package var end: ContinuousClock.Instant
    /// What `cctrl` said where it did not succeed.
    package var problem: String?
    /// Whether a safety rule refused it: nothing was changed then.
    package var isRefused = false

    package init(
        start: ContinuousClock.Instant, end: ContinuousClock.Instant, problem: String? = nil,
        isRefused: Bool = false
    ) {
        self.start = start
        self.end = end
        self.problem = problem
        self.isRefused = isRefused
    }
}

extension Sandbox {
    /// Switches the primary of a host's site, by a `cctrl` of its own as an operator's script does.
    package func timeSwitch(at host: HostName) async throws -> SwitchWindow {
        let configuration = try directory.readConfiguration()
        let programs = try Programs(binaries: binaries, managers: true)
        // Waiting for a process blocks a thread: not one of those that carry the load's clients.
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                let start = ContinuousClock.now
                continuation.resume(
                    with: Result {
                        let run = try Spawn.run(
                            programs.shell, ["-expert", "-e", "switch"],
                            environment: [
                                "CCTRL_CONFIG": configuration.path, "CCTRL_HOST": host.description,
                            ],
                            seconds: 120)
                        return SwitchWindow(
                            start: start, end: .now, problem: run.status == 0 ? nil : run.output,
                            isRefused: run.status == 3)
                    })
            }
        }
    }
}
