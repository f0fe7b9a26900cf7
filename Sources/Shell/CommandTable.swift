import CommandGrammar

/// Every command of the shell.
///
/// Parser, help, TAB, shell completions and manual all come from here.
package enum CommandTable {
    package static let all: [any ShellCommand.Type] = [
        LsCommand.self,
        MembersCommand.self,
        PingCommand.self,
        ShowCommand.self,
        SetCommand.self,
        DataSourceCommand.self,
        ReplicatorCommand.self,
        RouterCommand.self,
        ServiceCommand.self,
        SwitchCommand.self,
        FailoverCommand.self,
        RecoverCommand.self,
        ClusterCommand.self,
        UseCommand.self,
        CdCommand.self,
        ExpertCommand.self,
        LogicalCommand.self,
        HelpCommand.self,
        QuitCommand.self,
    ]

    package static let grammar = Grammar(all.map { $0.entry })
}
