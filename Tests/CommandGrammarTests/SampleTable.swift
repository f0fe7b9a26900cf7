import CommandGrammar

/// A small table with every feature of the pattern language.
let sampleTable = Grammar([
    CommandEntry(name: "ls", patterns: ["ls [-l] [<datasource>]", "ls resources"], summary: "List"),
    CommandEntry(
        name: "datasource", patterns: ["datasource <datasource> <verb:shun|recover|welcome>"],
        summary: "Change",
        details: ["`shun` takes it out."]),
    CommandEntry(name: "set", patterns: ["set policy <policy:automatic|manual|maintenance>"], summary: "Set"),
    CommandEntry(name: "switch", patterns: ["switch [to <datasource>]"], summary: "Move the primary role"),
    CommandEntry(name: "show", patterns: ["show topology"], summary: "Show"),
    CommandEntry(name: "quit", patterns: ["quit", "exit"], summary: "Leave"),
])

/// The names that a site would offer.
func sampleNames(_ kind: String) -> [String] { kind == "datasource" ? ["east1", "east2", "söder"] : [] }
