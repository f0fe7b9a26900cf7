import AdminProtocol
import ClusterModel
import Manager
import SiteConfiguration
import Subprocess
import SystemPackage
import WorkLoop

/// The host's service commands from the configuration, such as `systemctl restart mariadb`.
package struct ServiceCommands: ServiceRunner {
    private let host: HostName
    private let commands: [String: [String]]

    /// A command that takes longer is ended.
    private static let limit = Duration.seconds(100)

    package init(host: HostName, in configuration: ClusterConfiguration) {
        self.host = host
        commands = configuration.serviceCommands
    }

    package var components: [String] { Array(commands.keys) }

    package func run(_ component: String, _ verb: RunServiceCall.Verb) async throws(Refusal) -> [String] {
        guard let pattern = commands[component] else {
            throw Refusal(.noSuchComponent, "'\(host)' has no component '\(component)'")
        }
        let words = pattern.map { word in
            HostPaths.fill(word, host).replacing("{verb}", with: verb.rawValue)
        }
        guard let program = words.first else {
            throw Refusal(
                .noSuchComponent, "the command for '\(component)' is empty",
                hint: "service-command-\(component) in tungsten.ini")
        }
        let (status, text) = try await WorkLoop.away { () async throws(Refusal) in
            try await execute(program, Array(words.dropFirst()))
        }
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        // A stopped service is an answer to `status`, not a failure.
        guard status.isSuccess || verb == .status else {
            throw Refusal(
                .serviceFailed,
                "'\(words.joined(separator: " "))' on '\(host)' ended with \(status): "
                    + (lines.last ?? "it printed nothing"))
        }
        return lines
    }

    private func execute(_ program: String, _ arguments: [String]) async throws(Refusal) -> (
        TerminationStatus, String
    ) {
        do {
            return try await withThrowingTaskGroup(of: (TerminationStatus, String)?.self) { group in
                group.addTask {
                    let result = try await Subprocess.run(
                        program.contains("/") ? .path(FilePath(program)) : .name(program),
                        arguments: Arguments(arguments), output: .string(limit: 64 * 1024),
                        error: .string(limit: 64 * 1024))
                    return (result.terminationStatus, result.standardError + result.standardOutput)
                }
                group.addTask {
                    try await Task.sleep(for: Self.limit)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let result = first else {
                    throw Refusal(
                        .timedOut,
                        "'\(program)' on '\(host)' did not end within \(Int(Self.limit.inSeconds)) s")
                }
                return result
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(
                .serviceFailed, "'\(program)' cannot be run on '\(host)': \(error)",
                hint: "service-command-mysql in tungsten.ini")
        }
    }
}
