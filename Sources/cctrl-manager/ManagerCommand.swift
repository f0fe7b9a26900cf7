import AdminProtocol
import ArgumentParser
import ClusterModel
import Glibc
import Logging
import ManagerIO
import ServiceLifecycle
import SiteConfiguration
import UnixSignals

/// The manager of one host: watches its server and router, and steers the site together with the other managers.
@main
struct ManagerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cctrl-manager",
        abstract: "Watches a host's database server and router, and steers the site with the other managers.",
        discussion: """
            One runs on every host. It is told nothing but the configuration, which is the same file on all hosts,
            and which host it is on. SIGTERM and SIGINT stop it cleanly.
            """,
        version: "\(Product.banner)")

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config = "/etc/tungsten/tungsten.ini"

    @Option(
        help: ArgumentHelp(
            "The host to manage, as the configuration names it (default: this machine's name).",
            valueName: "name"))
    var host: String?

    @Option(
        help: ArgumentHelp(
            "What is logged: trace, debug, info, notice, warning or error.", valueName: "level"))
    var logLevel = Logger.Level.notice

    @Flag(help: "Check the configuration and the certificates, say what is wrong, and end.")
    var check = false

    @Flag(
        help: ArgumentHelp(
            "Let this host go on alone after the majority of its site was lost for good, and end; asks first.",
            discussion: "It is run beside the host's manager, and reads the confirmation from standard input."
        ))
    var lastManStanding = false

    mutating func run() async throws {
        let (cluster, name) = try readConfiguration()
        guard !lastManStanding else { return try await goOnAlone(name, in: cluster) }
        let level = logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        var log = Logger(label: "cctrl-manager")
        log[metadataKey: "host"] = "\(name)"
        let assembly: ManagerAssembly
        do {
            assembly = try ManagerAssembly(host: name, in: cluster, log: log)
        } catch {
            throw fail(error.message, error.hint)
        }
        guard !check else {
            await assembly.discard()
            print("\(cluster.path): right for \(name)")
            return
        }
        signal(SIGPIPE, SIG_IGN)
        Priority.raise(log)
        log.notice("starting", metadata: ["version": "\(Product.version)", "config": "\(cluster.path)"])
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: ManagerLife(assembly: assembly))],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        do {
            try await group.run()
        } catch let error as WireError {
            throw fail(error.description, "is another manager running on this host?")
        }
        log.notice("stopped")
    }

    private func readConfiguration() throws -> (ClusterConfiguration, HostName) {
        let reading: ConfigurationReading
        do {
            reading = try ClusterConfiguration.read(path: config)
        } catch {
            throw fail("\(error)", "cctrl-manager --config FILE --check says whether a file is right")
        }
        let wanted = host ?? Self.machineName
        guard let name = HostName(wanted), reading.configuration.site(of: name) != nil else {
            throw fail(
                "'\(wanted)' is not a host of any site in \(config)",
                "--host with one of: "
                    + reading.configuration.hosts.map(\.description).joined(separator: ", "))
        }
        for note in reading.notes where check { print("note: \(note)") }
        return (reading.configuration, name)
    }

    private func goOnAlone(_ name: HostName, in cluster: ClusterConfiguration) async throws {
        do throws(Refusal) {
            let last = try LastManStanding(host: name, in: cluster)
            try await confirmed(last)
            print("The etcd of '\(name)' is the only member of \(last.site.name) now, and can be written to.")
            print(
                "  cctrl -e 'ls' shows what it has; where '\(name)' is not the primary: set force true; failover"
            )
            print(
                "  the other hosts, started again, join it by themselves; their old etcd data is kept beside")
        } catch {
            throw fail(error.message, error.hint)
        }
    }

    private func confirmed(_ last: LastManStanding) async throws(Refusal) {
        do throws(Refusal) {
            try await last.check()
            print(last.warning)
            print("Type '\(last.sentence)': ", terminator: "")
            fflush(nil)
            guard readLine()?.trimmingPrefix(" ") == last.sentence[...] else {
                throw Refusal(.failed, "that was not typed; nothing was changed")
            }
            try await last.begin()
            await last.close()
        } catch {
            await last.close()
            throw error
        }
    }

    /// One sentence on standard error, and what to do.
    private func fail(_ sentence: String, _ hint: String?) -> ExitCode {
        var standardError = StandardError()
        print("cctrl-manager: \(sentence)", to: &standardError)
        if let hint { print("  \(hint)", to: &standardError) }
        return ExitCode(1)
    }

    private static var machineName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(name.prefix { $0 != "." })
    }
}

/// The manager's life as a service: a shutdown wish cancels it.
private struct ManagerLife: Service {
    let assembly: ManagerAssembly

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await assembly.run() }
    }
}

private struct StandardError: TextOutputStream {
    func write(_ string: String) {
        let bytes = Array(string.utf8)
        // Where standard error cannot be written there is nobody left to tell.
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
