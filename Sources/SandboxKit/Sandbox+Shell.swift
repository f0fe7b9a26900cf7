import ClusterModel
import Dispatch
import SiteConfiguration

extension Sandbox {
    /// Runs a `cctrl` of its own on a host, as an operator's script does: its exit status and all that it printed.
    package func cctrl(
        _ host: HostName, _ command: String, seconds: Double = 120
    ) throws -> (status: Int32, output: String) {
        let configuration = try directory.readConfiguration()
        let programs = try Programs(binaries: binaries, managers: true)
        return try Spawn.run(
            programs.shell, ["-expert", "-e", command],
            environment: ["CCTRL_CONFIG": configuration.path, "CCTRL_HOST": host.description],
            seconds: seconds)
    }

    /// Does work that blocks on a thread of its own: not one of those that carry a load's clients.
    package func besideTasks<Value: Sendable>(
        _ body: @escaping @Sendable (Sandbox) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try body(self) }) }
        }
    }
}
