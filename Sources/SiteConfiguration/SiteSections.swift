import ClusterModel

/// Puts the sections of sites and of cross-site services together.
struct SiteSections {
    let path: String
    private var sites: [(entry: SiteEntry, values: SectionValues, domain: UInt32?)] = []
    private var links: [SectionValues] = []
    private(set) var notes: [ConfigurationNote] = []

    init(_ sections: [IniDocument.Section], path: String) throws(ConfigurationError) {
        self.path = path
        for section in sections { try add(section) }
    }

    /// The sites in the order of the file.
    func entries() throws(ConfigurationError) -> [SiteEntry] {
        guard !sites.isEmpty else {
            throw ConfigurationError(
                path: path, message: "has no site; add a section such as [east] with topology=clustered")
        }
        var entries: [SiteEntry] = []
        for site in sites {
            for host in site.entry.voters {
                guard let other = entries.first(where: { $0.voters.contains(host) }) else { continue }
                let option = site.entry.hosts.contains(host) ? "members" : "witnesses"
                throw site.values.failure(option, "host '\(host)' is already a member of [\(other.name)]")
            }
            entries.append(site.entry)
        }
        try giveDomains(to: &entries)
        for link in links { try connect(&entries, by: link) }
        return entries
    }

    private mutating func add(_ section: IniDocument.Section) throws(ConfigurationError) {
        guard let topology = section.options.last(where: { $0.key == "topology" }) else {
            throw ConfigurationError(
                path: path, line: section.line,
                message: "section [\(section.name)] has no 'topology'; add topology=clustered (a site) or "
                    + "topology=cluster-slave (a cross-site service)")
        }
        switch topology.value {
        case "clustered": try addSite(section)
        case "cluster-slave":
            let values = try SectionValues(
                section, known: OptionNames.link, elsewhere: OptionNames.defaults, path: path)
            notes += values.notes
            links.append(values)
        default:
            throw ConfigurationError(
                path: path, line: topology.line,
                message: "topology '\(topology.value)' is not supported; 'clustered' and 'cluster-slave' are")
        }
    }

    private mutating func addSite(_ section: IniDocument.Section) throws(ConfigurationError) {
        let values = try SectionValues(
            section, known: OptionNames.site, elsewhere: OptionNames.defaults, path: path)
        notes += values.notes
        guard let name = SiteName(section.name) else {
            throw ConfigurationError(
                path: path, line: section.line,
                message: "'\(section.name)' is not a site name: 1 to 64 letters, digits, '.', '_' or '-'")
        }
        _ = try values.required("members", "host,host,host")
        let members = try values.hosts("members") ?? []
        guard members.count < 100 else { throw values.failure("members", "a site has at most 99 members") }
        let primary = try values.host(values.required("master", "host"), of: "master")
        guard members.contains(primary) else {
            throw values.failure(
                "master", "'\(primary)' is not a member of [\(name)]; \(Self.list(members)) are")
        }
        let routers = try values.hosts("connectors") ?? []
        if let stranger = routers.first(where: { !members.contains($0) }) {
            throw values.failure(
                "connectors",
                "'\(stranger)' is not a member of [\(name)]; a router runs on a member: \(Self.list(members))"
            )
        }
        let entry = SiteEntry(
            name: name, domain: 0, topology: "clustered", initialPrimary: primary, hosts: members,
            routers: routers, witnesses: try witnesses(of: members, from: values), receives: [])
        sites.append((entry, values, try domain(from: values)))
    }

    private mutating func witnesses(
        of members: [HostName], from values: SectionValues
    ) throws(ConfigurationError) -> [HostName] {
        let witnesses = try values.hosts("witnesses") ?? []
        if let member = witnesses.first(where: members.contains) {
            throw values.failure(
                "witnesses", "'\(member)' is a member too; a witness has a vote and no data source")
        }
        let voters = members.count + witnesses.count
        if !witnesses.isEmpty, voters.isMultiple(of: 2) {
            let text =
                "[\(values.section.name)] has \(voters) hosts that vote; that survives no more losses than \(voters - 1)"
            notes.append(
                ConfigurationNote(
                    kind: .caution, path: path, line: values.failure("witnesses", text).line, message: text))
        }
        return witnesses
    }

    private func domain(from values: SectionValues) throws(ConfigurationError) -> UInt32? {
        guard let text = try values.optional("gtid-domain-id") else { return nil }
        // A server id is the domain times 100 plus the host's number, and has 32 bits.
        guard let domain = UInt32(text), (1...42_949_671).contains(domain) else {
            throw values.failure(
                "gtid-domain-id", "'gtid-domain-id' must be from 1 to 42949671, not '\(text)'")
        }
        if let other = sites.first(where: { $0.domain == domain }) {
            throw values.failure(
                "gtid-domain-id", "'gtid-domain-id' \(domain) is already that of [\(other.entry.name)]")
        }
        return domain
    }

    /// A site without a domain of its own gets the lowest free number, in the order of the file.
    private func giveDomains(to entries: inout [SiteEntry]) throws(ConfigurationError) {
        var taken = Set(sites.compactMap(\.domain))
        for (index, site) in sites.enumerated() {
            if let domain = site.domain {
                entries[index].domain = domain
                continue
            }
            var domain: UInt32 = 1
            while taken.contains(domain) { domain += 1 }
            taken.insert(domain)
            entries[index].domain = domain
        }
    }

    private func connect(_ entries: inout [SiteEntry], by link: SectionValues) throws(ConfigurationError) {
        let source = try entries[site(named: "master-dataservice", in: link, of: entries)].name
        let target = try site(named: "slave-dataservice", in: link, of: entries)
        guard entries[target].name != source else {
            throw link.failure(
                "slave-dataservice", "'\(source)' cannot receive its own writes; name two sites")
        }
        guard !entries[target].receives.contains(source) else {
            throw link.failure(
                "topology",
                "section [\(link.section.name)] repeats an earlier one: '\(entries[target].name)' already "
                    + "receives '\(source)'")
        }
        entries[target].receives.append(source)
    }

    private func site(
        named option: String, in link: SectionValues, of entries: [SiteEntry]
    ) throws(ConfigurationError) -> Int {
        let name = try link.required(option, "site")
        guard let index = entries.firstIndex(where: { $0.name.description == name }) else {
            let known = entries.map(\.name.description).joined(separator: ", ")
            throw link.failure(
                option, "'\(option)' names no site of this file: '\(name)'; known are \(known)")
        }
        return index
    }

    private static func list(_ hosts: [HostName]) -> String {
        hosts.map(\.description).joined(separator: ", ")
    }
}
