import ClusterModel
import SiteConfiguration
import Testing

struct ReadingTests {
    @Test func `the classic example is read as it is`() throws {
        let reading = try ClusterConfiguration.parse(text: classicFile, path: "t.ini")
        let configuration = reading.configuration
        #expect(configuration.sites.map(\.name.description) == ["east", "west"])
        #expect(configuration.sites.map(\.domain) == [1, 2])
        #expect(configuration.sites.map { $0.receives.map(\.description) } == [["west"], ["east"]])
        let east = try #require(configuration.sites.first)
        #expect(east.hosts.map(\.description) == ["east1", "east2", "east3"])
        #expect(east.initialPrimary.description == "east1")
        #expect(east.routers == east.hosts)
        #expect(east.hosts.map { east.serverID(of: $0) } == [101, 102, 103])
        #expect(configuration.replicationUser == "tungsten")
        #expect(configuration.applicationUser == "app_user")
        #expect(configuration.ports == Ports(server: 13306))
        #expect(configuration.initialPolicy == .automatic)
        #expect(configuration.installDirectory == "/opt/continuent")
        #expect(configuration.securityDirectory == "/opt/continuent/security")
        #expect(configuration.serviceCommands["mysql"] == ["systemctl", "{verb}", "mariadb"])
        #expect(reading.notes.allSatisfy { $0.kind == .unused })
        #expect(reading.notes.first?.description == "t.ini:2: 'user' is not used")
    }

    @Test func `our own options are read in the same style`() throws {
        let text = file(
            replacing: "user=tungsten",
            with: """
                host-addresses = east1:127.1.0.1 , west3:fd00::3
                application-readonly-port=4307
                manager-port=19997
                policy-mode=Maintenance
                install-directory=/srv/{host}/
                service-command-mysql="/my bin/ctl" service {verb} {host}/mysql
                """
        ).replacing("install-directory=/opt/continuent\n", with: "")
        let configuration = try ClusterConfiguration.parse(text: text, path: "t.ini").configuration
        let east1 = try #require(HostName("east1"))
        let west3 = try #require(HostName("west3"))
        #expect(configuration.address(of: east1) == "127.1.0.1")
        #expect(configuration.address(of: west3) == "fd00::3")
        #expect(configuration.ports.read == 4307)
        #expect(configuration.ports.manager == 19997)
        #expect(configuration.initialPolicy == .maintenance)
        #expect(HostPaths(host: east1, in: configuration).serverSocket == "/srv/east1/run/mysql.sock")
        #expect(HostPaths(host: west3, in: configuration).security == "/srv/west3/security")
        #expect(
            configuration.serviceCommands["mysql"] == ["/my bin/ctl", "service", "{verb}", "{host}/mysql"])
    }

    @Test func `a site keeps the domain that its section gives`() throws {
        let text = file(replacing: "connectors=west1,west2,west3", with: "gtid-domain-id=1")
        let configuration = try ClusterConfiguration.parse(text: text, path: "t.ini").configuration
        #expect(configuration.sites.map(\.domain) == [2, 1])
        #expect(configuration.sites.last?.routers == [])
    }

    @Test(arguments: ["witnesses", "dataservice-witnesses"])
    func `a witness has a vote, and no data source`(option: String) throws {
        let text = file(
            replacing: "connectors=west1,west2,west3",
            with: "connectors=west1,west2,west3\n\(option)=west4,west5")
        let reading = try ClusterConfiguration.parse(text: text, path: "t.ini")
        let west = try #require(reading.configuration.sites.last)
        #expect(west.hosts.map(\.description) == ["west1", "west2", "west3"])
        #expect(west.witnesses.map(\.description) == ["west4", "west5"])
        #expect(west.voters.count == 5 && west.serverID(of: west.witnesses[0]) == nil)
        #expect(reading.configuration.site(of: west.witnesses[0]) == west)
        #expect(!reading.notes.contains { $0.kind == .caution })
    }

    @Test func `a vote that helps nobody is worth a note`() throws {
        let text = file(
            replacing: "connectors=west1,west2,west3",
            with: "connectors=west1,west2,west3\nwitnesses=west4")
        let notes = try ClusterConfiguration.parse(text: text, path: "t.ini").notes
        let note = try #require(notes.first { $0.kind == .caution })
        #expect(note.message == "[west] has 4 hosts that vote; that survives no more losses than 3")
    }

    @Test func `a witness that is a member is refused`() {
        let text = file(
            replacing: "connectors=west1,west2,west3",
            with: "connectors=west1,west2,west3\nwitnesses=west3")
        #expect {
            try ClusterConfiguration.parse(text: text, path: "t.ini")
        } throws: { error in
            "\(error)".contains("'west3' is a member too")
        }
    }

    @Test func `a misspelled option is a note that names the nearest one`() throws {
        let text = file(replacing: "user=tungsten", with: "manager-prot=1\nfroznicate=2")
        let notes = try ClusterConfiguration.parse(text: text, path: "t.ini").notes.filter {
            $0.kind == .unknown
        }
        #expect(
            notes.map(\.description) == [
                "t.ini:2: unknown option 'manager-prot'; did you mean 'manager-port'?",
                "t.ini:3: unknown option 'froznicate'; it was not used",
            ])
    }

    @Test func `line ends of other systems and a byte order mark do no harm`() throws {
        let text = "\u{FEFF}" + classicFile.replacing("\n", with: "\r\n")
        let expected = try ClusterConfiguration.parse(text: classicFile, path: "t.ini").configuration
        let configuration = try ClusterConfiguration.parse(text: text, path: "t.ini").configuration
        #expect(configuration == expected)
    }
}
