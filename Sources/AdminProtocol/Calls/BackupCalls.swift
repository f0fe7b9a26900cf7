import ClusterModel

/// `datasource <ds> backup [directory]`: a copy of the server's data on its own host, made while it serves.
package struct BackupCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "datasource.backup"
    package static let access = AccessRole.operator
    package var endsWithCaller: Bool { true }
    package var longest: Int? { DataCopy.longest }

    package var name: HostName
    /// Absolute; nil for the configured directory.
    package var directory: String?

    package init(name: HostName, directory: String? = nil) {
        self.name = name
        self.directory = directory
    }
}

/// `datasource <ds> restore [backup]`: puts a backup in the place of the server's data.
package struct RestoreCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "datasource.restore"
    package static let access = AccessRole.operator
    package var endsWithCaller: Bool { true }
    package var longest: Int? { DataCopy.longest }

    package var name: HostName
    /// The backup's name, or its absolute path; nil for the newest of the configured directory.
    package var backup: String?

    package init(name: HostName, backup: String? = nil) {
        self.name = name
        self.backup = backup
    }
}

/// `datasource <ds> backups [directory]`: the backups that lie on a host.
package struct BackupsCall: AdminCall {
    package typealias Reply = [BackupInfo]
    package static let method = "datasource.backups"
    package static let access = AccessRole.observer

    package var name: HostName
    package var directory: String?

    package init(name: HostName, directory: String? = nil) {
        self.name = name
        self.directory = directory
    }
}

/// One backup; also the form in which it describes itself on disk.
package struct BackupInfo: Codable, Hashable, Sendable {
    package var name: String
    package var directory: String
    package var site: SiteName
    package var host: HostName
    package var startedAt: WallTime
    package var endedAt: WallTime
    package var bytes: Int64
    /// What the copied server had executed, all domains.
    package var position: GTIDPosition
    /// The server's version.
    package var version: String
    /// Where the copied data was.
    package var dataDirectory: String

    package init(
        name: String, directory: String, site: SiteName, host: HostName, startedAt: WallTime,
        endedAt: WallTime, bytes: Int64, position: GTIDPosition, version: String,
        dataDirectory: String
    ) {
        self.name = name
        self.directory = directory
        self.site = site
        self.host = host
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.bytes = bytes
        self.position = position
        self.version = version
        self.dataDirectory = dataDirectory
    }
}

/// What the coordinator has a host's manager do about backups; lines come as progress.
package struct HostBackupCall: AdminCall {
    package typealias Reply = HostBackupReply
    package static let method = "agent.backup"
    package static let access = AccessRole.manager
    package var endsWithCaller: Bool { true }

    package enum Action: Codable, Hashable, Sendable {
        case make(directory: String?)
        case list(directory: String?)
        /// The one that is meant; nil for the newest.
        case find(backup: String?)
        /// Puts a copy beside the server's data.
        case unpack(backup: String?)
        /// Puts the copy in the place of the server's data.
        case swap(backup: String)
        /// Removes the copy.
        case discard(backup: String)
    }

    /// See `AgentCall`.
    package var epoch: Int64
    package var action: Action

    package init(epoch: Int64, action: Action) {
        self.epoch = epoch
        self.action = action
    }
}

/// What came of it: the backup that was made or meant, or those that are there.
package struct HostBackupReply: Codable, Hashable, Sendable {
    package var backups: [BackupInfo]
    package var lines: [String]

    package init(backups: [BackupInfo], lines: [String] = []) {
        self.backups = backups
        self.lines = lines
    }
}
