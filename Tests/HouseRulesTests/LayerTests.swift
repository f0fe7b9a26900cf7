import Testing

/// Arrows between modules go downwards only, and each library has its one place.
@Suite struct LayerTests {
    private let tree: SourceTree

    init() throws { tree = try SourceTree() }

    /// Modules of this repository that each module may name; the system's are not listed.
    private static let mayUse: [String: Set<String>] = [
        "ClusterModel": [], "CommandGrammar": [], "TerminalText": [],
        "AdminProtocol": ["ClusterModel"],
        "Planning": ["ClusterModel"],
        "SiteConfiguration": ["ClusterModel"],
        "LineEditor": ["CEdit"],
        "AdminClient": ["AdminProtocol", "ClusterModel", "COpenSSL"],
        "Shell": ["ClusterModel", "CommandGrammar", "TerminalText", "AdminProtocol"],
        "cctrl": [
            "Shell", "LineEditor", "AdminClient", "SiteConfiguration", "AdminProtocol", "ClusterModel",
            "CommandGrammar", "TerminalText",
        ],
        "cctrl-docs": ["Shell", "CommandGrammar"],
        "WorkLoop": [],
        "MariaDBClient": ["CMariaDB", "WorkLoop"], "EtcdClient": ["WorkLoop"], "HAProxyClient": [],
        "Manager": ["ClusterModel", "Planning", "AdminProtocol", "WorkLoop"],
        "ManagerIO": [
            "CProcess", "Manager", "MariaDBClient", "EtcdClient", "HAProxyClient", "AdminProtocol",
            "ClusterModel", "SiteConfiguration", "WorkLoop",
        ],
        "cctrl-manager": ["Manager", "ManagerIO", "SiteConfiguration", "ClusterModel", "AdminProtocol"],
        "Certificates": ["ClusterModel", "COpenSSL"],
        "SandboxKit": ["Certificates", "ClusterModel", "SiteConfiguration"],
        "LoadKit": ["MariaDBClient"],
        "FaultKit": ["SandboxKit", "LoadKit", "MariaDBClient", "ClusterModel", "SiteConfiguration"],
        "cctrl-sandbox": [
            "SandboxKit", "LoadKit", "FaultKit", "ClusterModel", "SiteConfiguration", "Manager", "ManagerIO",
        ],
    ]

    private static let own = Set(mayUse.keys).union(["CEdit", "COpenSSL", "CMariaDB", "CProcess", "CClock"])

    @Test func `every module names only modules below it`() {
        for file in tree.sources {
            guard let allowed = Self.mayUse[file.target] else {
                Issue.record("\(file.path): the module '\(file.target)' has no place in the layers yet")
                continue
            }
            for name in file.imports where Self.own.contains(name) {
                #expect(allowed.contains(name), "\(file.path) must not import \(name)")
            }
        }
    }

    /// Libraries, and the only modules that may name them.
    private static let places: [String: Set<String>] = [
        "CEdit": ["LineEditor"],
        "COpenSSL": ["AdminClient", "Certificates"],
        "CMariaDB": ["MariaDBClient"],
        "CProcess": ["ManagerIO"],
        "AsyncHTTPClient": ["EtcdClient"],
        "NIOHTTP1": ["EtcdClient"],
        "NIOFoundationEssentialsCompat": ["EtcdClient"],
        "NIOCore": ["EtcdClient", "HAProxyClient", "ManagerIO", "WorkLoop"],
        "NIOPosix": ["EtcdClient", "HAProxyClient", "ManagerIO", "WorkLoop"],
        "NIOSSL": ["EtcdClient", "ManagerIO"],
        "NIOTLS": ["ManagerIO"],
        "Subprocess": ["ManagerIO"],
        "SystemPackage": ["ManagerIO"],
        "Logging": ["Manager", "ManagerIO", "cctrl-manager"],
        "ServiceLifecycle": ["cctrl-manager"],
        "UnixSignals": ["cctrl-manager"],
        "ArgumentParser": ["cctrl-manager", "cctrl-sandbox"],
        "FoundationEssentials": ["AdminProtocol", "EtcdClient"],
        "Foundation": [],
        // Waits for processes there, beside the tasks that carry a load.
        "Dispatch": ["SandboxKit"],
    ]

    @Test func `every library has its one place`() {
        for file in tree.sources {
            for name in file.imports where !Self.own.contains(name) {
                guard !["Glibc", "Synchronization"].contains(name) else { continue }
                let places = Self.places[name]
                #expect(
                    places?.contains(file.target) == true,
                    "\(file.path) imports \(name), which \(places?.sorted() ?? []) may")
            }
            for name in file.imports where Self.own.contains(name) {
                if let places = Self.places[name] {
                    #expect(places.contains(file.target), "\(file.path) imports \(name)")
                }
            }
        }
    }

    @Test func `the ground knows neither files nor processes nor threads`() {
        for file in tree.sources
        where ["ClusterModel", "CommandGrammar", "TerminalText", "Planning"].contains(file.target) {
            let system = file.imports.filter { !Self.own.contains($0) }
            #expect(system.isEmpty, "\(file.path) imports \(system)")
        }
    }

    @Test func `the client has one thread, and never waits for a task`() {
        for file in tree.sources where ["Shell", "AdminClient", "LineEditor", "cctrl"].contains(file.target) {
            for line in file.code {
                let words = line.split { !$0.isLetter }
                #expect(!words.contains("async") && !words.contains("await"), "\(file.path): \(line)")
            }
        }
    }
}
