import AdminProtocol
import CommandGrammar

/// `datasource <ds> backup [directory]`, `datasource <ds> restore [backup]`.
enum BackupCommand: ShellCommand {
    static let name = "datasource"
    static let patterns: [CommandPattern] = [
        "datasource <datasource> backup [<directory>]", "datasource <datasource> restore [<backup>]",
    ]
    static let summary = "Copy a data source's data to a directory of its host, or put a copy back"
    static let details = [
        "`backup` runs `mariadb-backup` on the host while its server serves, and makes the copy ready for use. "
            + "The directory is `backup-directory` of tungsten.ini unless one is named. It ends with cctrl, "
            + "and what was copied so far is removed; at a terminal Ctrl-C ends only the wait.",
        "`restore` puts a backup in the place of the data: the newest, or one by its name or path. The data "
            + "source must be SHUNNED, or OFFLINE outside the policy AUTOMATIC, and is never the primary. Its server "
            + "is stopped and started; the former data is put aside, and its replicator stays OFFLINE until "
            + "`datasource <ds> recover`. It is an expert-level command.",
    ]
    static let notes = [
        "backup": "copy its data on its host", "restore": "put a copy in the place of its data",
        "<directory>": "an absolute path on that host", "<backup>": "a name that 'backups' lists, or a path",
    ]
    static let examples = [
        CommandExample("datasource east3 backup", "to the configured directory"),
        CommandExample("datasource east3 shun; datasource east3 restore", "the newest backup, put back"),
        CommandExample("datasource east3 recover", "and back to work"),
    ]
    static let effect = Effect.changes

    static func isExpert(_ arguments: Arguments, in session: Session) -> Bool { arguments.has("restore") }

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        let name = try arguments.neededDataSource("datasource", in: session)
        guard arguments.has("restore") else {
            return try session.perform(BackupCall(name: name, directory: arguments["directory"]))
        }
        return try session.perform(RestoreCall(name: name, backup: arguments["backup"]))
    }
}
