import AdminProtocol
import ClusterModel

/// `datasource <ds> connections [-l]`.
struct ConnectionsView {
    static let fields = ["id", "user", "host", "database", "command", "seconds", "statement"]

    var connections: Connections

    var rows: Rows { Rows(fields: Self.fields, items: connections.sessions) }

    func lines(long: Bool) -> [String] {
        let title =
            "\(connections.name): \(connections.total) connections, \(connections.direct) of them by no router"
        var lines = [title]
        lines += Columns.lines(
            connections.routers.map { ["connector@\($0.router)", "\($0.active)"] }, indent: 2)
        guard long, !connections.sessions.isEmpty else { return lines }
        lines.append("")
        lines += Columns.lines(
            [["ID", "USER", "HOST", "DATABASE", "STATE", "AGE", "STATEMENT"]]
                + connections.sessions.map {
                    [
                        "\($0.id)", $0.user, $0.host, $0.database.isEmpty ? "-" : $0.database, $0.command,
                        Columns.age($0.seconds), $0.statement,
                    ]
                })
        return lines
    }
}
