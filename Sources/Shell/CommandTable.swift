import CommandGrammar

/// Every command of the shell.
///
/// Parser, help, TAB, shell completions and manual all come from here.
package enum CommandTable {
    /// Commands of the logical and the admin mode.
    package static let all: [any ShellCommand.Type] = [
        LsCommand.self,
        MembersCommand.self,
        PingCommand.self,
        ShowCommand.self,
        SetCommand.self,
        DataSourceCommand.self,
        DrainCommand.self,
        ConnectionsCommand.self,
        BackupCommand.self,
        BackupsCommand.self,
        ReprovisionCommand.self,
        TailsCommand.self,
        ReplicatorCommand.self,
        RouterCommand.self,
        ServiceCommand.self,
        SwitchCommand.self,
        FailoverCommand.self,
        RecoverCommand.self,
        ClusterCommand.self,
        TopologyCheckCommand.self,
        ClusterStateCommand.self,
        WhyCommand.self,
        HistoryCommand.self,
        OperationCommand.self,
        OperationChangeCommand.self,
        UseCommand.self,
        ModeCommand.self,
        WatchCommand.self,
        HelpCommand.self,
        QuitCommand.self,
        ClassicCommand.self,
    ]

    /// Commands of the physical mode.
    package static let physical: [any ShellCommand.Type] = [
        ResourceListCommand.self,
        ResourceChangeCommand.self,
        ResourceQuestionCommand.self,
        ResourceExecuteCommand.self,
        ModeCommand.self,
        HelpCommand.self,
        QuitCommand.self,
        ClassicResourceCommand.self,
    ]

    package static let grammar = Grammar(all.map { $0.entry }, notes: PlaceNotes.all)
    package static let physicalGrammar = Grammar(
        physical.map { $0.entry }, notes: PlaceNotes.all, shapes: ["resource-path": { $0.contains("/") }])
}

/// What the values of patterns stand for.
enum PlaceNotes {
    static let all = [
        "command": "a word that commands begin with",
        "datasource": "a data source of this data service, such as east1 or east1@east",
        "file": "the name of a file",
        "host": "a host of this data service",
        "resource": "a place of the tree, such as /east/east1 or ..",
        "resource-path": "the path of an operation",
        "router": "a router, by its host or as connector@<host>; * for all",
        "service": "<host>/mysql or <host>/router; * for all hosts",
        "site": "a data service; .. for the root",
        "word": "a word of the command",
    ]
}
