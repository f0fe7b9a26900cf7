import Glibc
import SiteConfiguration
import Testing

struct WrongFileTests {
    /// A line of the classic example, what an operator wrote instead, and the sentence that follows.
    static let faults: [(line: String, wrong: String, sentence: String)] = [
        (
            "replication-port=13306", "replication-port=99999",
            "6: 'replication-port' must be a port from 1 to 65535"
        ),
        ("replication-port=13306", "replication-port=", "6: 'replication-port' has no value"),
        (
            "replication-port=13306", "replication-port=3306",
            "10: 'application-port' and 'replication-port' are both"
        ),
        ("replication-user=tungsten", "#", "1: section [defaults] has no 'replication-user'"),
        ("application-port=3306", "replication-port=1", "10: 'replication-port' is already set at line 6"),
        (
            "install-directory=/opt/continuent", "install-directory=opt",
            "3: 'install-directory' must be an absolute"
        ),
        (
            "install-directory=/opt/continuent", "install-directory=/a/{hots}",
            "3: 'install-directory' may contain"
        ),
        ("user=tungsten", "policy-mode=auto", "2: 'policy-mode' must be automatic, manual or maintenance"),
        ("user=tungsten", "etcd-endpoints=a:1", "2: 'a:1' is not of the form https://host:port"),
        ("user=tungsten", "host-addresses=east1", "2: 'east1' in 'host-addresses' is not of the form"),
        (
            "user=tungsten", "host-addresses=east9:1.2.3.4",
            "2: 'east9' in 'host-addresses' is a member of no site"
        ),
        (
            "user=tungsten", "host-addresses=east1:1.2.3",
            "2: '1.2.3' in 'host-addresses' is not an IPv4 or IPv6"
        ),
        ("user=tungsten", "host-addresses=east1:1.2.3.4,east2:1.2.3.4", "2: 'host-addresses' gives"),
        ("user=tungsten", "service-command-mysql=restart", "2: 'service-command-mysql' must contain {verb}"),
        (
            "user=tungsten", "service-command-mysql=\"a {verb}",
            "2: 'service-command-mysql' has a quote without"
        ),
        ("user=tungsten", "nonsense", "2: is neither '[section]', 'option=value' nor a comment"),
        ("user=tungsten", "[half", "2: the section's name has no closing ']'"),
        ("[defaults]", "# none", "2: option 'user' stands before the first section"),
        ("[east]", "[west]", "32: section [west] is already at line 26"),
        ("[east]", "[east side]", "26: 'east side' is not a site name"),
        ("master=east1", "master=west1", "29: 'west1' is not a member of [east]; east1, east2, east3 are"),
        ("master=east1", "", "26: section [east] has no 'master'"),
        (
            "master=east1", "master=east1\nmanager-port=1",
            "30: 'manager-port' has one value for the whole cluster"
        ),
        ("members=east1,east2,east3", "members=east1,,east3", "30: 'members' has an empty entry"),
        ("members=east1,east2,east3", "members=east1,east2,east3,east1", "30: 'members' names 'east1' twice"),
        ("members=east1,east2,east3", "members=east1,ea st2", "30: 'ea st2' in 'members' is not a host name"),
        (
            "members=east1,east2,east3", "members=east1,east2",
            "28: 'east3' is not a member of [east]; a router"
        ),
        (
            "members=west1,west2,west3", "members=west1,west2,west3,east1",
            "36: host 'east1' is already a member of"
        ),
        ("topology=clustered", "topology=star", "27: topology 'star' is not supported"),
        ("topology=clustered", "", "26: section [east] has no 'topology'"),
        ("master=east1", "master=east1\ngtid-domain-id=0", "30: 'gtid-domain-id' must be from 1 to"),
        ("master-dataservice=east", "master-dataservice=north", "40: 'master-dataservice' names no site"),
        ("master-dataservice=east", "master-dataservice=west", "41: 'west' cannot receive its own writes"),
        ("master-dataservice=east", "#", "38: section [east_west] has no 'master-dataservice'"),
    ]

    @Test(arguments: faults.indices)
    func `a wrong line gives file, line and what is accepted`(index: Int) throws {
        let fault = Self.faults[index]
        let text = file(replacing: fault.line, with: fault.wrong)
        let error = try #require(throws: ConfigurationError.self) {
            try ClusterConfiguration.parse(text: text, path: "t.ini")
        }
        #expect(error.description.hasPrefix("t.ini:" + fault.sentence), "\(error)")
    }

    @Test func `a file without sites or defaults says what belongs into it`() throws {
        let empty = try #require(throws: ConfigurationError.self) {
            try ClusterConfiguration.parse(text: "", path: "t.ini")
        }
        #expect(empty.description == "t.ini: has no section [defaults]; users and ports belong there")
        let defaults = classicFile.split(separator: "[east]").first.map(String.init) ?? ""
        let bare = try #require(throws: ConfigurationError.self) {
            try ClusterConfiguration.parse(text: defaults, path: "t.ini")
        }
        #expect(bare.message.hasPrefix("has no site"))
    }

    @Test func `an installation path too long for its sockets is refused`() throws {
        let long = "install-directory=/" + String(repeating: "x", count: 90)
        let error = try #require(throws: ConfigurationError.self) {
            try ClusterConfiguration.parse(
                text: file(replacing: "install-directory=/opt/continuent", with: long), path: "t.ini")
        }
        #expect(error.line == 3)
        #expect(error.message.contains("a socket's path may have"))
    }

    @Test func `bytes that are no text are refused with their line`() throws {
        try withFile([UInt8]("[defaults]\n\u{0}".utf8)) { path in
            let error = try #require(throws: ConfigurationError.self) {
                try ClusterConfiguration.read(path: path)
            }
            #expect(error.line == 2 && error.message.contains("NUL"))
        }
        try withFile([UInt8]("[defaults]\n".utf8) + [0xFF, 0xFE]) { path in
            let error = try #require(throws: ConfigurationError.self) {
                try ClusterConfiguration.read(path: path)
            }
            #expect(error.line == 2 && error.message.contains("UTF-8"))
        }
        try withFile([UInt8](repeating: UInt8(ascii: "#"), count: 2 << 20)) { path in
            let error = try #require(throws: ConfigurationError.self) {
                try ClusterConfiguration.read(path: path)
            }
            #expect(error.message.contains("larger than"))
        }
    }

    @Test func `a missing file, a directory and a device are refused`() throws {
        for (path, words) in [
            ("/nowhere/t.ini", "cannot be opened: No such file"), ("/tmp", "is a directory"),
            ("/dev/zero", "not a regular file"),
        ] {
            let error = try #require(throws: ConfigurationError.self) {
                try ClusterConfiguration.read(path: path)
            }
            #expect(error.message.contains(words), "\(error)")
        }
    }

    @Test func `passwords that everybody can read are noted`() throws {
        try withFile([UInt8](classicFile.utf8)) { path in
            chmod(path, 0o644)
            let open = try ClusterConfiguration.read(path: path).notes
            #expect(open.contains { $0.kind == .caution })
            chmod(path, 0o600)
            let closed = try ClusterConfiguration.read(path: path).notes
            #expect(!closed.contains { $0.kind == .caution })
        }
    }
}

/// Runs `body` with a temporary file of these bytes.
private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    var template = Array("/tmp/cctrl-configuration-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    try #require(descriptor >= 0)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    try #require(write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
    try body(path)
}
