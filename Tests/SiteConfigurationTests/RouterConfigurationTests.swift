import ClusterModel
import SiteConfiguration
import Testing

struct RouterConfigurationTests {
    @Test func `every server starts disabled, in both backends`() throws {
        let configuration = try ClusterConfiguration.parse(text: classicFile, path: "t.ini").configuration
        let site = try #require(configuration.sites.first)
        let text = RouterConfiguration(host: site.initialPrimary, site: site, in: configuration).text
        let servers = text.split(separator: "\n").filter { $0.contains("server east") }
        #expect(servers.count == 6)
        #expect(servers.allSatisfy { $0.hasSuffix(" maxconn 500 send-proxy-v2 disabled") })
        #expect(text.contains("    bind east1:3306\n"))
        #expect(text.contains("    bind east1:3307\n"))
        #expect(text.contains("stats socket \"/opt/continuent/run/router.sock\" mode 600 level admin"))
    }

    @Test func `a hold always has an end`() {
        #expect(HoldScript.text(gate: "/run/gate.sock").contains("duration > \(HoldScript.longest)"))
    }
}
