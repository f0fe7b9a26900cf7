// swift-tools-version: 6.2
import PackageDescription

/// Every module is built under the same rules; each flag has its reason.
let settings: [SwiftSetting] = [
    // `any` makes the cost of an existential visible where it is paid.
    .enableUpcomingFeature("ExistentialAny"),
    // A file names every module whose members it uses, so the arrows between modules can be read from imports.
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Words, grammar, text, plans: no input or output, no server, tests in milliseconds.
let ground: [Target] = [
    // The nouns: what a cluster is at one instant.
    .target(name: "ClusterModel", swiftSettings: settings),
    // Typed line -> matched command, completions, help, manual. Knows no command.
    .target(name: "CommandGrammar", swiftSettings: settings),
    // Boxes, widths and wrapping of the classic output.
    .target(name: "TerminalText", swiftSettings: settings),
    // Requests, replies, codes, and their bytes on the wire.
    .target(name: "AdminProtocol", dependencies: ["ClusterModel"], swiftSettings: settings),
    // Snapshot -> plan or refusal; what each operation would do, and why not.
    .target(name: "Planning", dependencies: ["ClusterModel"], swiftSettings: settings),
    // tungsten.ini -> checked values.
    .target(name: "SiteConfiguration", dependencies: ["ClusterModel"], swiftSettings: settings),
]

/// The shell's column: one thread, system libedit and OpenSSL, no async, no full Foundation; starts in milliseconds.
let client: [Target] = [
    .systemLibrary(name: "CEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    // Owns libedit: lines, history, TAB.
    .target(name: "LineEditor", dependencies: ["CEdit"], swiftSettings: settings),
    // One mutually authenticated TLS connection to a manager.
    .target(
        name: "AdminClient", dependencies: ["AdminProtocol", "ClusterModel", "COpenSSL"],
        swiftSettings: settings),
    // The commands, their views, the loop; touches neither terminal nor socket.
    .target(
        name: "Shell",
        dependencies: ["ClusterModel", "CommandGrammar", "TerminalText", "AdminProtocol"],
        swiftSettings: settings),
    .executableTarget(
        name: "cctrl",
        dependencies: [
            "Shell", "LineEditor", "AdminClient", "SiteConfiguration", "AdminProtocol", "ClusterModel",
            "CommandGrammar", "TerminalText",
        ],
        swiftSettings: settings),
    // Writes completions/ and man/ from the tables; not installed.
    .executableTarget(
        name: "cctrl-docs", dependencies: ["Shell", "CommandGrammar"], swiftSettings: settings),
]

let clientTests: [Target] = [
    .testTarget(name: "CommandGrammarTests", dependencies: ["CommandGrammar"], swiftSettings: settings),
    .testTarget(name: "TerminalTextTests", dependencies: ["TerminalText"], swiftSettings: settings),
    .testTarget(
        name: "ShellTests",
        dependencies: ["Shell", "CommandGrammar", "AdminProtocol", "ClusterModel"],
        // Read by the tests, not built.
        exclude: ["Transcripts"], swiftSettings: settings),
    // Random lines and frames, each with a verdict: a small run in the tests, a long one as a program.
    .target(
        name: "FuzzKit", dependencies: ["Shell", "CommandGrammar", "AdminProtocol", "ClusterModel"],
        path: "Tests/FuzzKit", exclude: ["Corpus"], swiftSettings: settings),
    .executableTarget(
        name: "cctrl-fuzz", dependencies: ["FuzzKit"], path: "Tests/FuzzProgram", swiftSettings: settings),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzKit"], swiftSettings: settings),
    // What tests of clients share: a manager that plays a script, programs on a pseudo-terminal.
    .target(
        name: "ClientHarness", dependencies: ["AdminClient", "AdminProtocol", "COpenSSL", "ServerHarness"],
        path: "Tests/ClientHarness", swiftSettings: settings),
    .testTarget(
        name: "AdminClientTests",
        dependencies: ["AdminClient", "AdminProtocol", "ClientHarness", "ClusterModel", "ServerHarness"],
        swiftSettings: settings),
    // The editor, and the built programs at a terminal.
    .testTarget(
        name: "LineEditorTests",
        dependencies: ["LineEditor", "ClientHarness", "ServerHarness", "cctrl", "cctrl-docs"],
        swiftSettings: settings),
]

/// Event loops and what is on them.
let sockets: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]

/// The manager's column: structured concurrency.
let manager: [Target] = [
    .systemLibrary(name: "CMariaDB", pkgConfig: "libmariadb", providers: [.apt(["libmariadb-dev"])]),
    // The thread on which a manager works, and its timers.
    .target(name: "WorkLoop", dependencies: sockets, swiftSettings: settings),
    // Connection, query, rows, errors; knows no cluster.
    .target(name: "MariaDBClient", dependencies: ["CMariaDB", "WorkLoop"], swiftSettings: settings),
    // etcd v3 over its JSON gateway: get, put, transactions, leases, watches.
    .target(
        name: "EtcdClient",
        dependencies: [
            "WorkLoop",
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
        ],
        swiftSettings: settings),
    // HAProxy's runtime socket: commands and the statistics table.
    .target(name: "HAProxyClient", dependencies: sockets, swiftSettings: settings),
    // The engine: watch, decide, run operations, answer. Does I/O only through ports.
    .target(
        name: "Manager",
        dependencies: [
            "ClusterModel", "Planning", "AdminProtocol", "WorkLoop",
            .product(name: "Logging", package: "swift-log"),
        ],
        swiftSettings: settings),
    // What <spawn.h> has beyond POSIX.
    .target(name: "CProcess"),
    // The ports filled in, and the TLS listener.
    .target(
        name: "ManagerIO",
        dependencies: [
            "CProcess", "Manager", "MariaDBClient", "EtcdClient", "HAProxyClient", "AdminProtocol",
            "ClusterModel", "SiteConfiguration", "WorkLoop",
            .product(name: "Logging", package: "swift-log"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
            .product(name: "NIOTLS", package: "swift-nio"),
            .product(name: "Subprocess", package: "swift-subprocess"),
            .product(name: "SystemPackage", package: "swift-system"),
        ],
        swiftSettings: settings),
    .executableTarget(
        name: "cctrl-manager",
        dependencies: [
            "Manager", "ManagerIO", "SiteConfiguration",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        ],
        swiftSettings: settings),
]

/// What makes clusters: certificates, and a whole cluster on one machine.
let tools: [Target] = [
    // The cluster's own authority and what it signs.
    .target(name: "Certificates", dependencies: ["ClusterModel", "COpenSSL"], swiftSettings: settings),
    // Shifts the clock of programs that are started with it, for tests of clocks that somebody sets.
    .target(name: "CClock"),
    // A whole cluster on one machine, for newcomers, tests and benchmarks.
    .target(
        name: "SandboxKit", dependencies: ["Certificates", "ClusterModel", "SiteConfiguration"],
        swiftSettings: settings),
    // Writers that remember every confirmation, and find what is lost or repeated.
    .target(name: "LoadKit", dependencies: ["MariaDBClient"], swiftSettings: settings),
    // Random faults under load, and what proves that nothing was lost and nobody wrote beside the primary.
    .target(
        name: "FaultKit",
        dependencies: ["SandboxKit", "LoadKit", "MariaDBClient", "ClusterModel", "SiteConfiguration"],
        swiftSettings: settings),
    .executableTarget(
        name: "cctrl-sandbox",
        dependencies: [
            "SandboxKit", "LoadKit", "FaultKit", "ClusterModel", "SiteConfiguration",
            // The reference of the benchmarks: a switch without managers, by their hands.
            "Manager", "ManagerIO",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        swiftSettings: settings),
]

let toolTests: [Target] = [
    .testTarget(
        name: "SiteConfigurationTests", dependencies: ["SiteConfiguration", "ClusterModel"],
        swiftSettings: settings),
    .testTarget(
        name: "CertificatesTests", dependencies: ["Certificates", "ClusterModel"], swiftSettings: settings),
    .testTarget(
        name: "SandboxTests",
        dependencies: [
            "SandboxKit", "ClusterModel", "SiteConfiguration",
            // Run by these tests, not linked with them.
            "cctrl", "cctrl-manager", "cctrl-sandbox",
        ],
        swiftSettings: settings),
    .testTarget(
        name: "FaultKitTests", dependencies: ["FaultKit", "LoadKit", "ClusterModel"], swiftSettings: settings),
    // What tests with real servers share: processes, directories, certificates.
    .target(
        name: "ServerHarness", dependencies: ["Certificates", "ClusterModel"], path: "Tests/ServerHarness",
        swiftSettings: settings),
    // A whole two-site cluster for the tests of one suite, and questions to it.
    .target(
        name: "ClusterHarness",
        dependencies: [
            "ClientHarness", "ClusterModel", "EtcdClient", "LoadKit", "MariaDBClient", "SandboxKit",
            "ServerHarness", "SiteConfiguration",
        ],
        path: "Tests/ClusterHarness", swiftSettings: settings),
    .testTarget(
        name: "IntegrationTests",
        dependencies: [
            "Certificates", "ClientHarness", "ClusterHarness", "ClusterModel", "FaultKit", "LoadKit",
            "MariaDBClient", "SandboxKit", "ServerHarness", "SiteConfiguration",
            // Run by these tests, not linked with them.
            "cctrl", "cctrl-manager", "cctrl-sandbox",
        ],
        swiftSettings: settings),
    .testTarget(
        name: "MariaDBClientTests", dependencies: ["MariaDBClient", "ServerHarness"], swiftSettings: settings),
    .testTarget(
        name: "EtcdClientTests",
        dependencies: [
            "EtcdClient", "ManagerIO", "Manager", "ClusterModel", "AdminProtocol", "ServerHarness",
            .product(name: "NIOCore", package: "swift-nio"),
        ],
        swiftSettings: settings),
    .testTarget(
        name: "HAProxyClientTests",
        dependencies: [
            "HAProxyClient", "ManagerIO", "Manager", "SiteConfiguration", "ClusterModel", "ServerHarness",
            .product(name: "Logging", package: "swift-log"),
        ],
        swiftSettings: settings),
    .testTarget(name: "WorkLoopTests", dependencies: ["WorkLoop"], swiftSettings: settings),
    .testTarget(
        name: "WireTests",
        dependencies: [
            "ManagerIO", "Manager", "AdminProtocol", "ClusterModel", "CProcess", "MariaDBClient",
            "ServerHarness",
            .product(name: "Logging", package: "swift-log"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
        ],
        swiftSettings: settings),
]

/// Decisions and the engine: no server, no socket; fakes at the manager's ports.
let engineTests: [Target] = [
    .testTarget(
        name: "ClusterModelTests",
        dependencies: ["ClusterModel", "AdminProtocol", "Planning", "ClusterTestKit"],
        swiftSettings: settings),
    .testTarget(
        name: "AdminProtocolTests",
        dependencies: ["AdminProtocol", "ClusterModel", "Planning", "ClusterTestKit"],
        swiftSettings: settings),
    .testTarget(
        name: "PlanningTests", dependencies: ["Planning", "ClusterModel", "ClusterTestKit"],
        swiftSettings: settings),
    // Servers, routers, etcd and network in memory: whole managers run over them in one process.
    .target(
        name: "ClusterTestKit",
        dependencies: [
            "Manager", "Planning", "AdminProtocol", "ClusterModel",
            .product(name: "Logging", package: "swift-log"),
        ],
        path: "Tests/ClusterTestKit", swiftSettings: settings),
    .testTarget(
        name: "ManagerTests",
        dependencies: [
            "Manager", "Planning", "AdminProtocol", "ClusterModel", "ClusterTestKit",
            .product(name: "Logging", package: "swift-log"),
        ],
        swiftSettings: settings),
    // Reads the source tree.
    .testTarget(name: "HouseRulesTests", dependencies: ["AdminProtocol"], swiftSettings: settings),
]

let package = Package(
    name: "cctrl",
    products: [
        .executable(name: "cctrl", targets: ["cctrl"]),
        .executable(name: "cctrl-manager", targets: ["cctrl-manager"]),
        .executable(name: "cctrl-sandbox", targets: ["cctrl-sandbox"]),
        // Not linked: the sandbox has it loaded into the processes of a host.
        .library(name: "cctrl-clock", type: .dynamic, targets: ["CClock"]),
    ],
    dependencies: [
        // Options of the tools that have ordinary ones (cctrl-manager, cctrl-sandbox).
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // The manager's structured log.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Sockets of the manager: listener, peers, HAProxy's runtime socket.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // TLS of the manager's listener and of its links to etcd and to other managers.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // HTTP for etcd's JSON gateway, streams of watches included.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // Clean start and stop of the manager's parts, signals included.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Child processes of the manager: etcd, service commands. No traits: full Foundation stays out.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        // The path type of swift-subprocess.
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: ground + client + clientTests + manager + engineTests + tools + toolTests
)
