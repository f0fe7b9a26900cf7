import ClusterModel
import SiteConfiguration
import Testing

@testable import SandboxKit

struct WordsTests {
    @Test func `the configuration of a sandbox is one that every program can read`() throws {
        let sites = try ["east", "west", "north"].map { try #require(SiteName($0)) }
        let options = try SandboxOptions(sites: sites, nodes: 3, addressBase: 7)
        let text = try options.configuration(directory: "/tmp/a box", service: "/my bin/cctrl-sandbox")
        let reading = try ClusterConfiguration.parse(text: text, path: "t.ini")
        #expect(reading.notes.isEmpty)
        let configuration = reading.configuration
        #expect(configuration.sites.map(\.domain) == [1, 2, 3])
        #expect(configuration.sites.allSatisfy { $0.receives.count == 2 })
        let host = try #require(HostName("north3"))
        #expect(configuration.address(of: host) == "127.9.0.3")
        #expect(HostPaths(host: host, in: configuration).serverData == "/tmp/a box/hosts/north3/mysql/data")
        #expect(
            configuration.serviceCommands["router"]
                == ["/my bin/cctrl-sandbox", "service", "{verb}", "{host}/router", "--dir", "/tmp/a box"])
    }

    @Test func `auto increments of two sites never meet`() throws {
        let sites = try ["east", "west"].map { try #require(SiteName($0)) }
        let text = try SandboxOptions(sites: sites).configuration(directory: "/d", service: "s")
        let configuration = try ClusterConfiguration.parse(text: text, path: "t.ini").configuration
        let lines = try configuration.sites.map { site in
            let text = ServerConfiguration(
                host: site.initialPrimary, site: site, configuration: configuration
            ).text
            return try #require(text.split(separator: "\n").first { $0.hasPrefix("auto-increment-offset") })
        }
        #expect(lines == ["auto-increment-offset=1", "auto-increment-offset=2"])
    }

    @Test(arguments: ["", "east1/", "east1/mysql/x", "east1/disk", "a b/mysql"])
    func `a wrong place gives a sentence`(text: String) {
        #expect(throws: SandboxError.self) { try Place(text) }
    }

    @Test func `a path is one word for a shell`() {
        #expect(shellWord("/a/b-c.d") == "/a/b-c.d")
        #expect(shellWord("it's $HOME") == "'it'\\''s $HOME'")
        #expect(shellWord("") == "''")
    }

    @Test func `a whole site is recognized, half of one is not`() throws {
        let host = try ["db1", "db2"].map { try #require(HostName($0)) }
        let site = try SiteEntry(
            name: #require(SiteName("east")), domain: 1, topology: "clustered", initialPrimary: host[0],
            hosts: host,
            routers: [host[0]], receives: [#require(SiteName("west"))])
        let whole = """
            COORDINATOR[db1:AUTOMATIC:ONLINE]
            |connector@db1[31613](ONLINE, created=0, active=0)
            |db1(master:ONLINE, progress=1, THL latency=0.100)
            |STATUS [OK] [2026/01/01 01:00:00 AM UTC][SSL]
            |  REPLICATOR(role=master, state=ONLINE)
            |db2(slave:ONLINE, progress=1, latency=0.100)
            |STATUS [OK] [2026/01/01 01:00:00 AM UTC][SSL]
            |  REPLICATOR(role=slave, master=db1, state=ONLINE)
            """
        #expect(Listing(whole).isWhole(site))
        for part in [
            "COORDINATOR[", "(ONLINE", "(master:ONLINE", "(slave:ONLINE", "[SSL]",
            "role=slave, master=db1, state=ONLINE",
        ] {
            #expect(!Listing(whole.replacing(part, with: "")).isWhole(site), "\(part)")
        }
    }
}
